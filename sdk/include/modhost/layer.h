// A layer describes itself once: its parameters, its forward under a weight ensemble, and how it
// wires units. Masks, lesions, pruning and clustering all read this one description.
//
//   class GatedLinear : public Layer {
//    public:
//     GatedLinear(int64_t in, int64_t out) : Layer("gated_linear", in, out) {
//       weight_ = parameter("weight", {out, in}, init::kaiming_uniform(in));
//       gate_ = parameter("gate", {out, in}, init::kaiming_uniform(in));
//       feeds({weight_, 0, 1});  // weight[o, i] connects input unit i with output unit o
//       feeds({gate_, 0, 1});
//     }
//     Tensor forward(const Tensor& x) override {  // [E*b, in] -> [E*b, out]
//       return ops::linear(x, weight_.get()) * torch::sigmoid(ops::linear(x, gate_.get()));
//     }
//    ...
//   };
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {

// Which entries of a parameter connect which units. Units come in named groups: "in" and "out" of
// the layer, and inner ones that it declares (the heads of an attention). An index along `out_dim`
// or `in_dim` belongs to unit (index modulo the size of the group), so the gates of an LSTM need no
// word. Dimensions that index neither side (kernel taps) are reduced: the connection is all of them
// together. out_dim == in_dim: entry u connects unit u with unit u and no other (a scale).
struct Wiring {
  static constexpr int kNone = -1;
  Parameter parameter;
  int out_dim = 0;            // the dimension that counts the units fed
  int in_dim = kNone;         // the dimension that counts the units read; kNone: a property of
                              // the fed unit alone (bias)
  std::string feeds = "out";  // group of the units fed
  std::string reads = "in";   // group of the units read; "out" for a recurrent connection
  int64_t groups = 1;         // of a grouped convolution: part g of the output reads part g of
                              // the input, and `in_dim` counts within that part
};

// A tensor that belongs to the state of a layer but is not trained.
struct Buffer {
  std::string name;
  Tensor tensor;
  // It changes in training (running statistics). While E networks are trained together it is
  // [E, *shape], and part e of the batch changes and reads its own.
  bool statistic = false;
};

// Where random decisions in training (dropout) come from: one seed for all parts of the batch, or
// one for each part, and the step. The same noise gives the same bits.
struct Noise {
  std::vector<uint64_t> seeds{0};
  uint64_t step = 0;
};

class Layer;

// Sees what passes through the layers that are called in this thread while it lives.
class LayerObserver {
 public:
  LayerObserver();
  LayerObserver(const LayerObserver&) = delete;
  LayerObserver& operator=(const LayerObserver&) = delete;
  virtual ~LayerObserver();
  // `group`: "in" for what the layer reads, "out" for what it puts out, or an inner group.
  virtual void saw(const Layer& layer, const std::string& group, const Tensor& value) = 0;
  // What the layer reads or puts out instead, of "in" and "out"; `value` unless an observer
  // intervenes. It may have other rows, when all that come after can do with them.
  virtual Tensor instead(const Layer& layer, const std::string& group, const Tensor& value) {
    saw(layer, group, value);
    return value;
  }
  static LayerObserver* present();  // nullptr: nobody looks

 private:
  LayerObserver* before_;
};

namespace detail {
template <typename T, typename = void>
struct has_y : std::false_type {};
template <typename T>
struct has_y<T, std::void_t<decltype(std::declval<const T&>().y)>> : std::true_type {};

// Shows the observer a value of the type that layers give, a tensor or a sequence with states.
// Returns what it puts in the place of it.
template <typename T>
T shown(LayerObserver& observer, const Layer& layer, const char* group, const T& value) {
  if constexpr (std::is_same_v<T, Tensor>) {
    return observer.instead(layer, group, value);
  } else if constexpr (has_y<T>::value) {
    T out = value;
    out.y = observer.instead(layer, group, value.y);
    return out;
  } else {
    return value;
  }
}
}  // namespace detail

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
  const std::string& name() const { return name_; }  // within its model, "" outside of one
  int64_t units_in() const { return units("in"); }
  int64_t units_out() const { return units("out"); }
  // Sizes of the unit groups: "in", "out" and what the layer declares.
  const std::map<std::string, int64_t>& groups() const { return groups_; }
  int64_t units(const std::string& group) const;
  const std::vector<Wiring>& wiring() const { return wiring_; }
  std::vector<Parameter>& parameters() { return parameters_; }
  std::vector<std::unique_ptr<Buffer>>& buffers() { return buffers_; }

  bool training() const { return training_; }
  int64_t ensemble_size() const { return ensemble_size_; }
  // Another initialisation than the kind's own for the parameter of that name ("weight"). Ignored
  // when there is none (no bias).
  void set_init(const std::string& parameter, const Init& init);
  void set_name(std::string name) { name_ = std::move(name); }
  void set_training(bool on) { training_ = on; }
  void set_ensemble_size(int64_t size) { ensemble_size_ = size; }
  void set_noise(const Noise& noise);

 protected:
  Parameter parameter(const std::string& name, std::vector<int64_t> shape, Init init,
                      bool maskable = true);
  // A parameter of another layer, used here a second time (tied weights).
  Parameter shared(const Parameter& parameter);
  Buffer& buffer(const std::string& name, Tensor initial, bool statistic = false);
  void group(const std::string& name, int64_t units);
  void feeds(Wiring wiring);  // ignored when its parameter is absent (no bias)

  // Shows what the units of an inner group do.
  void show(const std::string& group, const Tensor& value) const;

  // Dropout (Srivastava et al. 2014): in training zeroes entries with probability p and scales the
  // others by 1/(1-p). Rows keep their noise whatever the number of threads; with one seed for each
  // part of the batch, a part sees what it would see alone.
  Tensor drop(const Tensor& x, double p);

 private:
  std::string kind_, name_;
  std::map<std::string, int64_t> groups_;
  bool training_ = false;
  int64_t ensemble_size_ = 1;
  Noise noise_;
  uint64_t calls_ = 0;  // of drop() since set_noise()
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
  decltype(auto) operator()(Args&&... args) const {
    using Result = decltype(layer_->forward(std::forward<Args>(args)...));
    if constexpr (sizeof...(Args) > 0 && std::is_object_v<Result>) {
      LayerObserver* observer = LayerObserver::present();
      if (observer != nullptr) return observed(*observer, args...);
    }
    return layer_->forward(std::forward<Args>(args)...);
  }
  L* operator->() const { return layer_.get(); }
  const std::shared_ptr<L>& layer() const { return layer_; }
  explicit operator bool() const { return layer_ != nullptr; }

 private:
  template <typename First, typename... Rest>
  auto observed(LayerObserver& observer, First& first, Rest&... rest) const {
    const auto read = detail::shown(observer, *layer_, "in", first);
    return detail::shown(observer, *layer_, "out", layer_->forward(read, rest...));
  }

  std::shared_ptr<L> layer_;
};

}  // namespace v1
}  // namespace modhost
