// Magnitude pruning: how much accuracy is left when only the largest weights are kept?
#include <modhost/evaluate.h>
#include <modhost/experiment.h>
#include <modhost/mask.h>
#include <modhost/method.h>
#include <modhost/plugin.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace modhost;

struct MyPluginOptions : Options {
  Option<std::vector<double>> keep{
      *this, "keep", {1, 0.5, 0.2, 0.1}, "shares of each tensor's weights to keep", Range{0, 1}};
};

class MyPlugin : public Method<MyPluginOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    ModelBase& network = experiment.network();  // trained, or taken from an earlier run
    std::vector<NamedTensors> masks;
    for (const double share : options().keep()) masks.push_back(largest(network, share));

    // All masks in one forward a batch.
    EvaluateOptions how;
    how.device = experiment.device();
    how.stop = &experiment.stop();
    const auto count = static_cast<int64_t>(masks.size());
    const auto found = evaluate(network, *experiment.data().all(Split::test), count,
                                hard_masks(network, masks), how);

    Table table{{"kept", "accuracy", "loss"}, {}};
    for (size_t i = 0; i < masks.size(); ++i) {
      const double share = options().keep()[i];
      table.add({share, found[i].accuracy, found[i].loss});
      experiment.writer().scalar("kept/" + std::to_string(share) + "/accuracy", found[i].accuracy);
    }
    experiment.writer().table("pruning", table);
    experiment.writer().show(table);
  }

 private:
  // 1 where a weight is among the largest `share` of its tensor.
  static NamedTensors largest(const ModelBase& network, double share) {
    NamedTensors mask;
    for (const Parameter& parameter : network.parameters()) {
      if (!parameter.maskable()) continue;
      const Tensor size = parameter.tensor().detach().abs();
      const auto kept = static_cast<int64_t>(share * static_cast<double>(size.numel()) + 0.5);
      Tensor bits = torch::zeros({size.numel()}, torch::kUInt8);
      bits.index_fill_(0, size.flatten().argsort(0, true).narrow(0, 0, kept).cpu(), 1);
      mask.emplace_back(parameter.name(), bits.view(size.sizes()));
    }
    return mask;
  }
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.method<MyPlugin>("my_plugin", "accuracy when only the largest weights are kept")
      .paper("name the paper here");
}
