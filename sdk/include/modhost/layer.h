// A layer describes itself once: its parameters, its forward under a weight ensemble, and how it
// wires units. Masks, lesions, pruning and clustering all read this one description.
//
//   class GatedLinear : public Layer {
//    public:
//     GatedLinear(int64_t in, int64_t out) : Layer("gated_linear", in, out) {
//       weight_ = parameter("weight", {out, in}, init::kaiming_uniform(in));
//       gate_ = parameter("gate", {out, in}, init::kaiming_uniform(in));
//       feeds({"weight", 0, 1});  // weight[o, i] connects input unit i with output unit o
//       feeds({"gate", 0, 1});
//     }
//     Tensor forward(const Tensor& x) override {  // [E*b, in] -> [E*b, out]
//       return ops::linear(x, weight_.get()) * torch::sigmoid(ops::linear(x, gate_.get()));
//     }
//    ...
//   };
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {

// Which entries of a parameter connect which units. Dimensions that index neither side (kernel
// taps, gates) are reduced: the connection is all of them together.
struct Wiring {
  static constexpr int kNone = -1;
  std::string parameter;
  int out_dim = 0;     // the dimension that counts the units put out
  int in_dim = kNone;  // the dimension that counts the units read; kNone: a property of the output
                       // unit alone (bias, scale)
};

// A tensor that belongs to the state of a layer but is not trained (running statistics).
struct Buffer {
  std::string name;
  Tensor tensor;
};

class Layer {
 public:
  // `kind` is the name in the layer registry. `in` and `out` count units (features, channels).
  Layer(std::string kind, int64_t in, int64_t out);
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer();

  // x: [E*b, ...] -> [E*b, ...], E = ensemble_size().
  virtual Tensor forward(const Tensor& x) = 0;

  const std::string& kind() const { return kind_; }
  int64_t units_in() const { return in_; }
  int64_t units_out() const { return out_; }
  const std::vector<Wiring>& wiring() const { return wiring_; }
  std::vector<Parameter>& parameters() { return parameters_; }
  std::vector<std::unique_ptr<Buffer>>& buffers() { return buffers_; }

  bool training() const { return training_; }
  int64_t ensemble_size() const { return ensemble_size_; }
  void set_training(bool on) { training_ = on; }
  void set_ensemble_size(int64_t size) { ensemble_size_ = size; }

 protected:
  Parameter parameter(const std::string& name, std::vector<int64_t> shape, Init init,
                      bool maskable = true);
  Buffer& buffer(const std::string& name, Tensor initial);
  void feeds(Wiring wiring);

 private:
  std::string kind_;
  int64_t in_, out_;
  bool training_ = false;
  int64_t ensemble_size_ = 1;
  std::vector<Parameter> parameters_;
  std::vector<std::unique_ptr<Buffer>> buffers_;
  std::vector<Wiring> wiring_;
};

// A shared handle that is called like a function: nn::Linear layer(3, 4); y = layer(x).
template <typename L>
class Handle {
 public:
  using Implementation = L;
  Handle() = default;
  explicit Handle(std::shared_ptr<L> layer) : layer_(std::move(layer)) {}
  template <typename... Args>
  static Handle make(Args&&... args) {
    return Handle(std::make_shared<L>(std::forward<Args>(args)...));
  }
  template <typename... Args>
  Tensor operator()(Args&&... args) const {
    return layer_->forward(std::forward<Args>(args)...);
  }
  L* operator->() const { return layer_.get(); }
  const std::shared_ptr<L>& layer() const { return layer_; }
  explicit operator bool() const { return layer_ != nullptr; }

 private:
  std::shared_ptr<L> layer_;
};

}  // namespace v1
}  // namespace modhost
