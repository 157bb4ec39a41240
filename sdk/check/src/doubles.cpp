#include "doubles.h"

#include <vector>

#include "measure.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr int64_t kFeatures = 6;
constexpr int64_t kClasses = 3;
constexpr int64_t kHidden = 10;

class StandInSource : public Source {
 public:
  // With `task` the samples of which feature 0 is below (0) or above (1) zero; -1: all.
  StandInSource(Split split, int64_t size, int task) : split_(split), size_(size), task_(task) {}

  int64_t size() const override { return size_; }

  Batch load(const std::vector<int64_t>& indices) const override {
    Batch batch;
    std::vector<Tensor> inputs;
    for (const int64_t index : indices) inputs.push_back(input(index));
    batch.input = inputs.empty() ? torch::empty({0, kFeatures}) : torch::stack(inputs);
    const Tensor sum = batch.input.slice(1, 1, 4).sum(1);
    batch.target = (sum > -0.7).to(torch::kLong) + (sum > 0.7).to(torch::kLong);
    return batch;
  }

 private:
  Tensor input(int64_t index) const {
    const uint64_t seed =
        derive_seed(derive_seed(2026, to_string(split_)), static_cast<uint64_t>(index));
    Tensor values = normal({kFeatures}, seed, torch::kFloat);
    if (task_ >= 0) values[0] = values[0].abs() * (task_ == 0 ? -1 : 1);
    return values;
  }

  Split split_;
  int64_t size_;
  int task_;
};

class StandInDataset : public DatasetBase {
 public:
  Signature signature() const override {
    Signature out;
    out.input = Input::features;
    out.input_shape = {kFeatures};
    out.output = Output::classes;
    out.output_shape = {kClasses};
    return out;
  }
  std::vector<Task> tasks() const override {
    return {{"low", "feature 0 is negative"}, {"high", "feature 0 is positive"}};
  }
  std::string describe() const override { return "a stand-in of the checks"; }
  double chance() const override { return 1.0 / kClasses; }
  std::shared_ptr<const Source> all(Split split) const override {
    return std::make_shared<StandInSource>(split, split == Split::train ? 256 : 64, -1);
  }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    check(name == "low" || name == "high", ErrorCode::config, "there is no task '" + name + "'",
          did_you_mean(name, {"low", "high"}));
    return std::make_shared<StandInSource>(split, split == Split::train ? 128 : 48,
                                           name == "low" ? 0 : 1);
  }
};

class StandInNetwork : public ModelBase {
 public:
  explicit StandInNetwork(const Build& build) : ModelBase(build) {
    first_ = add<nn::Linear>("first", kFeatures, kHidden);
    second_ = add<nn::Linear>("second", kHidden, kHidden);
    out_ = add<nn::Linear>("out", kHidden, kClasses);
    join("", "first", joint::same(kFeatures));
    join("first", "second", joint::same(kHidden));
    join("second", "out", joint::same(kHidden));
  }
  Tensor forward(const Batch& batch) override {  // [E*b, 6] -> [E*b, 3]
    return out_(second_(first_(batch.input).relu()).relu());
  }

 private:
  nn::Linear first_, second_, out_;
};

}  // namespace

std::unique_ptr<DatasetBase> stand_in_dataset() { return std::make_unique<StandInDataset>(); }

std::unique_ptr<ModelBase> stand_in_network(const Signature& signature) {
  return std::make_unique<StandInNetwork>(Build{signature, std::make_shared<Options>()});
}

}  // namespace modhost::conformance
