// Multi-layer perceptron: x <- relu(W x + b) for each hidden layer, then y = W x + b.
#include <modhost/model.h>
#include <modhost/plugin.h>

#include <string>
#include <vector>

namespace {

using namespace modhost;

struct MyPluginOptions : Options {
  Option<std::vector<int64_t>> hidden{
      *this, "hidden", {64, 64}, "width of each hidden layer", AtLeast{1}};
};

class MyPlugin : public Model<MyPluginOptions> {
 public:
  static Accepts accepts() {
    return {{Input::features, Input::image, Input::panels},
            {Output::classes, Output::digits, Output::choice, Output::values, Output::bits}};
  }

  explicit MyPlugin(const Build& build) : Model(build) {
    int64_t width = build.signature.input_size();
    for (const int64_t next : options().hidden()) {
      const std::string name = "hidden" + std::to_string(hidden_.size());
      hidden_.push_back(add<nn::Linear>(name, width, next));
      join(last_, name, joint::same(width));
      last_ = name;
      width = next;
    }
    out_ = add<nn::Linear>("out", width, build.signature.output_size());
    join(last_, "out", joint::same(width));
  }

  // [E*b, ...] -> [E*b, ...] as the dataset's signature says. E is the number of masks, lesions or
  // seeds that are computed at once; the layers know it, this function need not.
  Tensor forward(const Batch& batch) override {
    Tensor x = batch.input.flatten(1);
    for (const auto& layer : hidden_) x = layer(x).relu();
    return out_(x).unflatten(1, signature().output_shape);
  }

 private:
  std::vector<nn::Linear> hidden_;
  nn::Linear out_;
  std::string last_;  // the layer added last, "" for the input
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.model<MyPlugin>("my_plugin", "multi-layer perceptron with maskable layers")
      .paper("name the paper here")
      .suggest("dataset.name", "raven");
}
