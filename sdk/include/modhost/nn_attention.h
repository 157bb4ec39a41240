// Multi-head attention and the positions that go with it (Vaswani et al. 2017).
#pragma once

#include <string>
#include <vector>

#include "modhost/layer.h"
#include "modhost/ops_attention.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

enum class AttentionInit {
  pytorch,      // in_proj_weight Xavier-uniform as one matrix, out_proj as a linear layer
  csordas2021,  // each of the four projections Xavier-uniform on its own
};

struct AttentionSettings {
  bool bias = true;
  double dropout = 0;   // of the attention weights, in training
  bool causal = false;  // of forward(x) alone
  AttentionInit init = AttentionInit::pytorch;
};

struct MultiheadAttentionOptions : Options {
  Option<int64_t> features{*this,      "features",   0, "size of each position",
                           AtLeast{1}, FromInput{-1}};
  Option<int64_t> heads{*this, "heads", 1, "heads, side by side in the features", AtLeast{1}};
  Option<bool> bias{*this, "bias", true, "add biases"};
  Option<double> dropout{*this, "dropout", 0, "of the attention weights", Range{0, 1}};
  Option<bool> causal{*this, "causal", false, "positions do not look at later ones"};
  Option<std::string> init{*this, "init", "pytorch",
                           "csordas2021: each projection Xavier-uniform on its own",
                           Choices{{"pytorch", "csordas2021"}}};
};

// What is looked at, projected once: for decoding step by step.
struct KeysValues {
  Tensor keys, values;  // [E*b, s, D]
};

// Parameters in_proj_weight [3*D, D] (queries, keys, values), in_proj_bias [3*D], out_proj.weight
// [D, D], out_proj.bias [D], as in PyTorch. Its inner unit group "heads" has D units, head by head:
// unit h*D/heads + p is component p of the query, the key and the value of head h.
class MultiheadAttentionLayer : public Layer {
 public:
  using OptionsType = MultiheadAttentionOptions;
  // Error(config) unless `features` divides into `heads`.
  MultiheadAttentionLayer(int64_t features, int64_t heads, AttentionSettings settings = {});
  explicit MultiheadAttentionLayer(const MultiheadAttentionOptions& options);

  // Self-attention: [E*b, t, D] -> [E*b, t, D].
  Tensor forward(const Tensor& x) override;
  Tensor forward(const Tensor& x, const AttentionMask& mask);
  // Queries from x [E*b, t, D], keys and values from memory [E*b, s, D] -> [E*b, t, D].
  Tensor forward(const Tensor& x, const Tensor& memory, const AttentionMask& mask = {});
  Tensor forward(const Tensor& query, const Tensor& key, const Tensor& value,
                 const AttentionMask& mask = {});

  // The same in two steps: forward(x, keys_values(memory), mask) is forward(x, memory, mask).
  KeysValues keys_values(const Tensor& memory);
  Tensor forward(const Tensor& query, const KeysValues& seen, const AttentionMask& mask = {});

 private:
  void check_positions(const Tensor& x) const;
  Tensor attend(const Tensor& query, const Tensor& keys, const Tensor& values,
                const AttentionMask& mask);
  std::vector<Tensor> projected(const Tensor& query, const Tensor& key, const Tensor& value);

  int64_t heads_;
  AttentionSettings settings_;
  Parameter in_weight_, in_bias_, out_weight_, out_bias_;
};

struct PositionalEncodingOptions : Options {
  Option<int64_t> features{*this,      "features",   0, "size of each position",
                           AtLeast{1}, FromInput{-1}};
  Option<double> dropout{*this, "dropout", 0, "drop probability after the sum", Range{0, 1}};
  Option<int64_t> length{*this, "length", 5000, "positions there can be", AtLeast{1}};
};

// Adds sines and cosines of the position: feature 2i gets sin(t / 10000^(2i/D)), feature 2i+1 the
// cosine; then dropout. [E*b, t, D] -> [E*b, t, D]. It has no parameters and no state.
class PositionalEncodingLayer : public Layer {
 public:
  using OptionsType = PositionalEncodingOptions;
  explicit PositionalEncodingLayer(int64_t features, double dropout = 0, int64_t length = 5000);
  explicit PositionalEncodingLayer(const PositionalEncodingOptions& options);
  Tensor forward(const Tensor& x) override;
  // The first step of x is at position `first`, as in decoding step by step.
  Tensor forward(const Tensor& x, int64_t first);

 private:
  double dropout_;
  Tensor table_;  // [length, features]
};

using MultiheadAttention = Handle<MultiheadAttentionLayer>;
using PositionalEncoding = Handle<PositionalEncodingLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
