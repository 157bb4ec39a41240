// Recurrent networks: stacks of layers over sequences, and single cells.
//
//   nn::RecurrentSettings settings;
//   settings.layers = 2;
//   auto encoder = add<nn::Lstm>("encoder", 16, 200, settings);
//   const nn::RecurrentOutput seen = encoder(x, nn::RecurrentState{}, lengths);
//   decoder(start, seen.state);
//
// The batch is dimension 0, of sequences as well: [E*b, T, in]. All steps of a call meet the same
// variants of the weights.
#pragma once

#include <string>
#include <vector>

#include "modhost/layer.h"
#include "modhost/ops_recurrent.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

enum class RecurrentCell { lstm, gru, rnn_tanh, rnn_relu };

// How the parameters start.
enum class RecurrentInit {
  pytorch,      // all uniform within 1/sqrt(hidden)
  csordas2021,  // LSTM only: biases 0, that of the forget gate 1; W_hh normal with deviation
                // sqrt(1/2H), its cell-gate rows orthogonal with gain (5/3)/sqrt(2); W_ih normal
                // with deviation sqrt(1/(in+H)), its cell-gate rows 5/3 of that
};

struct RecurrentSettings {
  int64_t layers = 1;
  int64_t biases = 2;  // 2: bias_ih and bias_hh as PyTorch has them; 1: bias_ih alone; 0: none
  double dropout = 0;  // between the layers, in training
  bool last = false;   // forward(x) gives the last step only
  RecurrentInit init = RecurrentInit::pytorch;
};

// One tensor [E*b, hidden] for each layer. Empty: zeros.
struct RecurrentState {
  std::vector<Tensor> h;
  std::vector<Tensor> c;  // of an LSTM
};
struct RecurrentOutput {
  Tensor y;              // [E*b, T, hidden] of the last layer; zero past a row's length
  RecurrentState state;  // after each row's own last step
};

// The parameters of one layer or cell.
struct GateParameters {
  Parameter w_ih, w_hh, b_ih, b_hh;
  ops::RecurrentWeights views() const;
};

// Parameters weight_ih_l0 [G*hidden, in], weight_hh_l0 [G*hidden, hidden], bias_ih_l0, bias_hh_l0,
// weight_ih_l1, ... as in PyTorch. The hidden units of layer l are the unit group "layer<l>", those
// of the last layer "out".
class RecurrentLayer : public Layer {
 public:
  RecurrentLayer(RecurrentCell cell, int64_t in, int64_t hidden, RecurrentSettings settings = {});

  // From a zero state, all rows of full length: [E*b, T, in] -> [E*b, T, hidden], or of the last
  // step [E*b, hidden].
  Tensor forward(const Tensor& x) override;
  // lengths: [E*b] int64 in 0 .. T, or undefined. Rows stay in their order.
  RecurrentOutput forward(const Tensor& x, const RecurrentState& state, const Tensor& lengths = {});

  int64_t layers() const { return settings_.layers; }

 private:
  RecurrentCell cell_;
  RecurrentSettings settings_;
  std::vector<GateParameters> gates_;
};

// One step: parameters weight_ih, weight_hh, bias_ih, bias_hh. In a loop over steps every step asks
// the weights for their variants anew; the layers above ask once.
class RecurrentCellLayer : public Layer {
 public:
  RecurrentCellLayer(RecurrentCell cell, int64_t in, int64_t hidden, int64_t biases = 2,
                     RecurrentInit init = RecurrentInit::pytorch);

  // From a zero state: [E*b, in] -> [E*b, hidden].
  Tensor forward(const Tensor& x) override;
  // The next state; one tensor in h, and one in c for an LSTM.
  RecurrentState forward(const Tensor& x, const RecurrentState& state);

 private:
  RecurrentCell cell_;
  GateParameters gates_;
};

struct RecurrentCellOptions : Options {
  Option<int64_t> in{*this, "in", 0, "input features", AtLeast{1}, FromInput{-1}};
  Option<int64_t> hidden{*this, "hidden", 1, "hidden units", AtLeast{1}};
  Option<int64_t> biases{*this, "biases", 2,
                         "2: for the input and for the state, as PyTorch; 1: one; 0: none",
                         Range{0, 2}};
};
struct RecurrentOptions : RecurrentCellOptions {
  Option<int64_t> layers{*this, "layers", 1, "layers on top of each other", AtLeast{1}};
  Option<double> dropout{*this, "dropout", 0, "drop probability between layers", Range{0, 1}};
  Option<bool> last{*this, "last", false, "put out the last step only"};

  RecurrentSettings settings() const;
};

constexpr const char* kLstmInitHelp =
    "pytorch: uniform within 1/sqrt(hidden); csordas2021: forget bias 1, orthogonal cell gates";
struct LstmOptions : RecurrentOptions {
  Option<std::string> init{*this, "init", "pytorch", kLstmInitHelp,
                           Choices{{"pytorch", "csordas2021"}}};
};
struct LstmCellOptions : RecurrentCellOptions {
  Option<std::string> init{*this, "init", "pytorch", kLstmInitHelp,
                           Choices{{"pytorch", "csordas2021"}}};
};
struct RnnOptions : RecurrentOptions {
  Option<std::string> activation{*this, "activation", "tanh", "of the state",
                                 Choices{{"tanh", "relu"}}};
};
struct RnnCellOptions : RecurrentCellOptions {
  Option<std::string> activation{*this, "activation", "tanh", "of the state",
                                 Choices{{"tanh", "relu"}}};
};

// Long short-term memory (Hochreiter, Schmidhuber 1997).
class LstmLayer : public RecurrentLayer {
 public:
  using OptionsType = LstmOptions;
  LstmLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings = {});
  explicit LstmLayer(const LstmOptions& options);
};
// Gated recurrent unit (Cho et al. 2014).
class GruLayer : public RecurrentLayer {
 public:
  using OptionsType = RecurrentOptions;
  GruLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings = {});
  explicit GruLayer(const RecurrentOptions& options);
};
// Simple recurrent network (Elman 1990).
class RnnLayer : public RecurrentLayer {
 public:
  using OptionsType = RnnOptions;
  RnnLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings = {},
           const std::string& activation = "tanh");
  explicit RnnLayer(const RnnOptions& options);
};
class LstmCellLayer : public RecurrentCellLayer {
 public:
  using OptionsType = LstmCellOptions;
  LstmCellLayer(int64_t in, int64_t hidden, int64_t biases = 2,
                RecurrentInit init = RecurrentInit::pytorch);
  explicit LstmCellLayer(const LstmCellOptions& options);
};
class GruCellLayer : public RecurrentCellLayer {
 public:
  using OptionsType = RecurrentCellOptions;
  GruCellLayer(int64_t in, int64_t hidden, int64_t biases = 2);
  explicit GruCellLayer(const RecurrentCellOptions& options);
};
class RnnCellLayer : public RecurrentCellLayer {
 public:
  using OptionsType = RnnCellOptions;
  RnnCellLayer(int64_t in, int64_t hidden, int64_t biases = 2,
               const std::string& activation = "tanh");
  explicit RnnCellLayer(const RnnCellOptions& options);
};

using Lstm = Handle<LstmLayer>;
using Gru = Handle<GruLayer>;
using Rnn = Handle<RnnLayer>;
using LstmCell = Handle<LstmCellLayer>;
using GruCell = Handle<GruCellLayer>;
using RnnCell = Handle<RnnCellLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
