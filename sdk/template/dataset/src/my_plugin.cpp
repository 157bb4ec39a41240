// Checkerboard: a point of the unit square, and the colour of the field it lies on.
#include <modhost/dataset.h>
#include <modhost/error.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include <cmath>
#include <memory>

namespace {

using namespace modhost;

struct MyPluginOptions : Options {
  Option<int64_t> fields{*this, "fields", 4, "fields along one side", AtLeast{2}};
  Option<int64_t> train{*this, "train", 2000, "training samples", AtLeast{1}};
  Option<int64_t> test{*this, "test", 500, "validation and test samples, each", AtLeast{1}};
};

// Points whose x lies in [left, left + width).
class Points : public Source {
 public:
  Points(const MyPluginOptions& options, Split split, double left, double width)
      : seed_(derive_seed(2026, to_string(split))),
        size_(split == Split::train ? options.train() : options.test()),
        fields_(static_cast<double>(options.fields())),
        left_(left),
        width_(width) {}

  int64_t size() const override { return size_; }

  Batch load(const std::vector<int64_t>& indices) const override {
    const auto rows = static_cast<int64_t>(indices.size());
    Batch batch{torch::empty({rows, 2}), torch::empty({rows}, torch::kLong)};
    for (int64_t row = 0; row < rows; ++row) {
      RandomStream random(derive_seed(seed_, static_cast<uint64_t>(indices[row])));
      const double x = left_ + width_ * random.uniform(), y = random.uniform();
      batch.input[row].copy_(torch::tensor({x, y}));
      batch.target[row] = std::fmod(std::floor(x * fields_) + std::floor(y * fields_), 2);
    }
    return batch;
  }

 private:
  uint64_t seed_;
  int64_t size_;
  double fields_, left_, width_;
};

class MyPlugin : public Dataset<MyPluginOptions> {
 public:
  using Dataset::Dataset;

  Signature signature() const override { return {Input::features, {2}, Output::classes, {2}}; }
  std::vector<Task> tasks() const override {
    return {{"left", "points of the left half"}, {"right", "points of the right half"}};
  }
  std::string describe() const override { return std::to_string(options().train()) + " points"; }
  double chance() const override { return 0.5; }

  std::shared_ptr<const Source> all(Split split) const override {
    return std::make_shared<Points>(options(), split, 0, 1);
  }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    check(name == "left" || name == "right", ErrorCode::config, "unknown task '" + name + "'",
          did_you_mean(name, {"left", "right"}));
    return std::make_shared<Points>(options(), split, name == "left" ? 0 : 0.5, 0.5);
  }
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.dataset<MyPlugin>("my_plugin", "points on a checkerboard and the colour there");
}
