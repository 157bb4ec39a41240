// Multi-layer perceptron: linear, activation, dropout, ..., linear.
#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/plugin.h>
#include <modhost/read_out.h>

#include <cmath>

#include "mlp_options.h"

namespace modhost_mlp {
namespace {

Init weight_init(const std::string& kind, int64_t in, int64_t out, double gain) {
  if (kind == "xavier_normal") return init::xavier_normal(in, out, gain);
  if (kind == "xavier_uniform") return init::xavier_uniform(in, out);
  return init::normal(std::sqrt(2.0 / static_cast<double>(in)));  // kaiming_normal
}

class Mlp : public Model<MlpOptions> {
 public:
  static Accepts accepts() {
    return {{Input::features, Input::image, Input::sequence},
            {Output::classes, Output::digits, Output::values, Output::bits}};
  }

  explicit Mlp(const Build& build) : Model(build) {
    check(options().output_activation() == "none" || signature().output == Output::values,
          ErrorCode::config,
          "option 'model.output_activation' is for real values; " + to_string(signature().output) +
              " are given as logits");
    std::vector<int64_t> widths = options().hidden();
    widths.push_back(signature().step_size());
    int64_t in = is_sequence() ? signature().input_shape.at(1) : signature().input_size();
    for (const int64_t out : widths) {
      add_linear(in, out);
      in = out;
    }
    dropout_ = add<nn::Dropout>("dropout", options().dropout());
  }

  // [E*b, ...] -> [E*b, *output]. Of a sequence only the steps that are read are computed.
  Tensor forward(const Batch& batch) override {
    Tensor x = is_sequence() ? read_states(signature(), batch.input, batch.input_length)
                             : batch.input.flatten(1);  // [n, s, in] or [n, in]
    for (size_t i = 0; i + 1 < layers_.size(); ++i) {
      x = dropout_(activate(options().activation(), layers_[i](x)));
    }
    x = activate(options().output_activation(), layers_.back()(x));
    return read_answer(signature(), x);
  }

 private:
  bool is_sequence() const { return signature().input == Input::sequence; }

  void add_linear(int64_t in, int64_t out) {
    const size_t place = layers_.size();
    const std::string name = "layers." + std::to_string(place);
    layers_.push_back(add<nn::Linear>(name, in, out, options().bias()));
    if (options().init() != "default") {
      const bool last = place == options().hidden().size();
      const double gain = last ? 1 : activation_gain(options().activation());
      layers_.back()->set_init("weight", weight_init(options().init(), in, out, gain));
      layers_.back()->set_init("bias", init::constant(0));
    }
    join(place == 0 ? "" : "layers." + std::to_string(place - 1), name, joint::same(in));
  }

  std::vector<nn::Linear> layers_;
  nn::Dropout dropout_;
};

}  // namespace
}  // namespace modhost_mlp

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_mlp::Mlp>("mlp", "multi-layer perceptron for features, images and sequences")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021, arXiv:2010.02066")
      .suggest("dataset.name", "add_mul");
}
