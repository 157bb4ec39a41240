// A model: named layers, the way they are joined, and a forward pass that knows nothing of masks,
// ensembles, devices or files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/layer.h"
#include "modhost/nn.h"
#include "modhost/option.h"
#include "modhost/signature.h"

namespace modhost {
inline namespace v1 {

struct LayerEntry;  // registry.h

// What a model is built for.
struct Build {
  Signature signature;
  std::shared_ptr<const Options> options;
  // Finds a layer kind by name, in any plugin; Error(config) with the nearest name for one that
  // nobody provides. Empty: the kinds of the SDK are all there is.
  std::function<const LayerEntry&(const std::string& kind)> layer_kind{};
};

// How the units of one layer arrive at the inputs of another: pairs (unit put out by `from`, input
// unit of `to`). `from` is "" for the network's input.
struct Joint {
  std::string from;
  std::string to;
  std::vector<std::pair<int64_t, int64_t>> pairs;
};

namespace joint {
using Pairs = std::vector<std::pair<int64_t, int64_t>>;
Pairs same(int64_t units);                          // unit u -> input u
Pairs flattened(int64_t units, int64_t positions);  // unit u -> inputs u*positions ...
Pairs chunked(int64_t units, int64_t width);        // unit u -> input u % width of a shared layer
Pairs every(int64_t units, int64_t inputs);         // each unit -> each input
}  // namespace joint

class ModelBase {
 public:
  explicit ModelBase(const Build& build);
  ModelBase(const ModelBase&) = delete;
  ModelBase& operator=(const ModelBase&) = delete;
  virtual ~ModelBase();

  // batch.input: [E*b, ...] -> [E*b, ...] as the signature's output says (logits or values). A
  // model of token sequences is fed batch.target (teacher forcing) where there is one, and its own
  // choices over batch.steps steps where there is none.
  virtual Tensor forward(const Batch& batch) = 0;

  // What its user should know before a long run, a sentence each: on the screen, in the summary and
  // in results.json.
  virtual std::vector<std::string> notes() const;

  const Signature& signature() const { return signature_; }

  struct Slot {
    std::string name;
    std::shared_ptr<Layer> layer;
  };
  const std::vector<Slot>& layers() const { return layers_; }
  const std::vector<Joint>& joints() const { return joints_; }

  // Full names, layer by layer.
  const std::vector<Parameter>& parameters() const { return parameters_; }
  int64_t parameter_count() const;

  // The state dict: parameters and buffers in PyTorch's order. The tensors are the model's own.
  NamedTensors state() const;
  NamedTensors buffers() const;
  // Copies values in; names, shapes must match exactly. Error(data) lists what is missing,
  // unexpected, or of another shape.
  void load_state(const NamedTensors& state);

  // Fills all parameters anew; the numbers depend on the seed and each parameter's name alone.
  void initialize(uint64_t seed);
  void set_training(bool on);
  // What the random decisions of the next forward depend on: dropout in training, and whether a
  // batch with a target is decoded by teacher forcing where a model leaves that to chance.
  void set_noise(const Noise& noise);
  void require_gradients(bool on);
  void to(torch::Device device);
  void to(torch::ScalarType type);

 protected:
  // add<nn::Linear>("out", in, out). Error(internal) when the name is taken.
  template <typename H, typename... Args>
  H add(const std::string& name, Args&&... args) {
    H handle = H::make(std::forward<Args>(args)...);
    add_layer(name, handle.layer());
    return handle;
  }
  // "" is a layer whose parameters are the network's own: "weight", not "name.weight".
  void add_layer(const std::string& name, std::shared_ptr<Layer> layer);
  void join(const std::string& from, const std::string& to, joint::Pairs pairs);
  const Noise& noise() const { return noise_; }

 private:
  friend class EnsembleScope;
  Signature signature_;
  std::vector<Slot> layers_;
  std::vector<Joint> joints_;
  std::vector<Parameter> parameters_;
  Noise noise_;
};

template <typename O>
class Model : public ModelBase {
 public:
  using OptionsType = O;
  explicit Model(const Build& build)
      : ModelBase(build), options_(std::static_pointer_cast<const O>(build.options)) {}
  const O& options() const { return *options_; }

 private:
  std::shared_ptr<const O> options_;
};

// Full names of the parameters that connect units with units, as their layers' wiring says: weights
// of linear and recurrent layers, convolutions, attention, embeddings; no biases, no norms.
std::vector<std::string> kernel_names(const ModelBase& model);

// Error(internal) when the model has no layer of that name.
const Layer& layer_named(const ModelBase& model, const std::string& name);

// Parameter name -> its variants.
using Variations = std::map<std::string, std::shared_ptr<const Variation>>;

// While it lives, the model computes with E variants of the named parameters. Scopes do not nest.
// Error(internal) for an unknown name or a variation of another size.
class EnsembleScope {
 public:
  EnsembleScope(ModelBase& model, int64_t size, const Variations& variations);
  EnsembleScope(const EnsembleScope&) = delete;
  EnsembleScope& operator=(const EnsembleScope&) = delete;
  ~EnsembleScope();

 private:
  ModelBase& model_;
};

// The batch E times in a row: [b, ...] -> [E*b, ...].
Batch repeated(const Batch& batch, int64_t times);

}  // namespace v1
}  // namespace modhost
