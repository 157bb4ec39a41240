// Plain convolutional networks: convolutions, then linear layers, without branches.
#include <modhost/chain.h>
#include <modhost/error.h>
#include <modhost/plugin.h>

#include <cmath>

#include "plan.h"

namespace modhost_cnn {
namespace {

class Cnn : public Model<CnnOptions> {
 public:
  static Accepts accepts() { return {{Input::image}, {Output::classes, Output::bits}}; }

  explicit Cnn(const Build& build)
      : Model(build),
        plan_(plan_of(options(), signature().output_size())),
        chain_(build.signature) {
    try {
      build_layers();
    } catch (const Error& error) {
      throw Error(ErrorCode::config, "option 'model.preset': '" + options().preset() +
                                         "' does not fit images " +
                                         shape_text(signature().input_shape) + ": " + error.what());
    }
    for (const Joint& joint : chain_.joints()) join(joint.from, joint.to, joint.pairs);
  }

  // [E*b, channels, height, width] -> [E*b, classes]
  Tensor forward(const Batch& batch) override { return chain_(batch.input); }

 private:
  void build_layers() {
    for (size_t i = 0; i < plan_.features.size(); ++i) {
      push("features." + std::to_string(i), plan_.features[i]);
    }
    if (plan_.mean) {
      chain_.push(add<nn::GlobalAvgPool>("mean").layer());
    } else {
      chain_.push(add<nn::Flatten>("flatten").layer());
    }
    for (size_t i = 0; i < plan_.classifier.size(); ++i) {
      const bool renamed = i + 1 == plan_.classifier.size() && !plan_.output_name.empty();
      push(renamed ? plan_.output_name : "classifier." + std::to_string(i), plan_.classifier[i]);
    }
  }

  void push(const std::string& name, const Step& step) {
    const std::shared_ptr<Layer> layer = make(step);
    add_layer(name, layer);
    chain_.push(layer);
  }

  std::shared_ptr<Layer> make(const Step& step) const {
    const int64_t in = chain_.shape()[0];
    switch (step.kind) {
      case Step::Kind::conv:
        return convolution(in, step);
      case Step::Kind::linear:
        return linear(in, step.size);
      case Step::Kind::norm:
        if (chain_.shape().size() == 1) {
          return std::make_shared<nn::BatchNorm1dLayer>(in, plan_.norm_eps, plan_.norm_momentum);
        }
        return std::make_shared<nn::BatchNorm2dLayer>(in, plan_.norm_eps, plan_.norm_momentum);
      case Step::Kind::activation:
        return std::make_shared<nn::ActivationLayer>(step.name);
      case Step::Kind::pool:
        return std::make_shared<nn::MaxPool2dLayer>(2);
      case Step::Kind::dropout:
        return std::make_shared<nn::DropoutLayer>(step.p);
    }
    return nullptr;
  }

  std::shared_ptr<Layer> convolution(int64_t in, const Step& step) const {
    auto layer = std::make_shared<nn::Conv2dLayer>(in, step.size, step.kernel,
                                                   ops::Conv2dGeometry{1, step.padding, 1, 1});
    if (plan_.start == Start::pytorch) return layer;
    const int64_t taps = step.kernel * step.kernel;
    layer->set_init("weight", plan_.start == Start::xavier_uniform
                                  ? init::xavier_uniform(in * taps, step.size * taps)
                                  : init::normal(std::sqrt(2.0 / (taps * step.size))));
    layer->set_init("bias", init::constant(0));
    return layer;
  }

  std::shared_ptr<Layer> linear(int64_t in, int64_t out) const {
    auto layer = std::make_shared<nn::LinearLayer>(in, out);
    if (plan_.start != Start::xavier_uniform && plan_.start != Start::torchvision) return layer;
    layer->set_init("weight", plan_.start == Start::torchvision ? init::normal(0.01)
                                                                : init::xavier_uniform(in, out));
    layer->set_init("bias", init::constant(0));
    return layer;
  }

  Plan plan_;
  Chain chain_;
};

}  // namespace
}  // namespace modhost_cnn

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_cnn::Cnn>("cnn", "plain convolutional networks of the papers, and free ones")
      .paper("Csordas et al. 2021, arXiv:2010.02066; Hod et al. 2021, arXiv:2110.08058")
      .suggest("dataset.name", "glyphs");
}
