// Datasets, each wrong in one way that a conformance check must find.
#include <modhost/dataset.h>
#include <modhost/error.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include <map>

namespace {

using namespace modhost;

enum class Fault { impure, overlapping, unstable, undeclared, throws_on_names };

int next_number() {
  static int number = 0;
  return ++number;
}

// features [1] -> classes [2]: is the number positive?
class Numbers : public Source {
 public:
  Numbers(uint64_t seed, Fault fault) : seed_(seed), fault_(fault) {}
  int64_t size() const override { return 40; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto rows = static_cast<int64_t>(indices.size());
    Batch batch{torch::empty({rows, 1}), torch::empty({rows}, torch::kLong)};
    for (int64_t row = 0; row < rows; ++row) {
      RandomStream random(derive_seed(seed_, static_cast<uint64_t>(indices[row])));
      const double number = random.normal();
      batch.input[row][0] = fault_ == Fault::impure ? number + next_number() : number;
      batch.target[row] = number > 0 ? 1 : 0;
    }
    if (fault_ == Fault::undeclared) batch.target.add_(1);
    return batch;
  }

 private:
  uint64_t seed_;
  Fault fault_;
};

template <Fault kFault>
class Broken : public Dataset<Options> {
 public:
  using Dataset::Dataset;
  Signature signature() const override { return {Input::features, {1}, Output::classes, {2}}; }
  std::vector<Task> tasks() const override { return {{"all", "every number"}}; }
  std::string describe() const override { return "40 numbers"; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split split) const override {
    const uint64_t split_seed = kFault == Fault::overlapping ? 1 : static_cast<uint64_t>(split);
    return std::make_shared<Numbers>(derive_seed(split_seed, own_), kFault);
  }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    static const std::map<std::string, int> known = {{"all", 0}};
    if (kFault == Fault::throws_on_names) {
      known.at(name);  // std::out_of_range
    }
    check(known.count(name) != 0, ErrorCode::config, "unknown task '" + name + "'");
    return all(split);
  }

 private:
  uint64_t own_ = kFault == Fault::unstable ? static_cast<uint64_t>(next_number()) : 0;
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.dataset<Broken<Fault::impure>>("impure", "a sample is another one each time");
  registry.dataset<Broken<Fault::overlapping>>("overlapping", "all splits hold the same samples");
  registry.dataset<Broken<Fault::unstable>>("unstable", "each object holds other samples");
  registry.dataset<Broken<Fault::undeclared>>("undeclared", "classes beyond the declared ones");
  registry.dataset<Broken<Fault::throws_on_names>>("throws_on_names",
                                                   "an unknown task is a C++ exception");
}
