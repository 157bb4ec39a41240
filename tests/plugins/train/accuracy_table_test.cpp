// The network y = x against targets whose losses and accuracies are known.
#include "accuracy_table.h"

#include <modhost/nn.h>
#include <modhost/subset.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_train;

namespace {

class Same : public ModelBase {
 public:
  using ModelBase::ModelBase;
  Tensor forward(const Batch& batch) override { return batch.input; }
};

// Two logits of which the first is larger by ln 3, so that class 0 has a probability of 3/4;
// classes 0, 0, 0, 1.
class Samples : public Source {
 public:
  explicit Samples(Output output) : output_(output) {}
  int64_t size() const override { return 4; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto count = static_cast<int64_t>(indices.size());
    const Tensor input = torch::tensor({std::log(3.F), 0.F}).repeat({count, 1});
    if (output_ == Output::values) return {input, input + 2};
    return {input,
            torch::tensor({0, 0, 0, 1}, torch::kLong).index_select(0, torch::tensor(indices))};
  }

 private:
  Output output_;
};

class Data : public DatasetBase {
 public:
  explicit Data(Output output) : output_(output) {}
  Signature signature() const override {
    Signature out;
    out.input_shape = out.output_shape = {2};
    out.output = output_;
    return out;
  }
  std::vector<Task> tasks() const override { return {{"rare", ""}, {"none", ""}}; }
  std::string describe() const override { return ""; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override {
    return std::make_shared<Samples>(output_);
  }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    return subset(all(split), name == "rare" ? std::vector<int64_t>{2, 3} : std::vector<int64_t>{});
  }

 private:
  Output output_;
};

std::vector<Tested> tested(Output output, int64_t limit = 0) {
  const Data data(output);
  Build build;
  build.signature = data.signature();
  Same network(build);
  EvaluateOptions how;
  how.limit = limit;
  return test_network(network, data, how);
}

}  // namespace

TEST_CASE("all data, and each task that has some", "[train]") {
  const auto found = tested(Output::classes);
  REQUIRE(found.size() == 2);
  const double right = std::log(4.0 / 3), wrong = std::log(4.0);
  CHECK_FALSE(found[0].task.has_value());
  CHECK(found[0].found.samples == 4);
  CHECK(found[0].found.accuracy == 0.75);
  CHECK(found[0].found.loss == Approx((3 * right + wrong) / 4).epsilon(1e-6));
  CHECK(found[1].task == "rare");
  CHECK(found[1].found.accuracy == 0.5);
  CHECK(found[1].found.loss == Approx((right + wrong) / 2).epsilon(1e-6));
  CHECK(tested(Output::classes, 3)[0].found.accuracy == 1);
}

TEST_CASE("the table and the scalars say what was found", "[train]") {
  const auto found = tested(Output::classes);
  const Table table = accuracy_table(found, true);
  REQUIRE(table.rows.size() == 2);
  CHECK(std::get<std::string>(table.rows[0][0]) == "all");
  CHECK(std::get<std::string>(table.rows[1][0]) == "rare");
  CHECK(std::get<int64_t>(table.rows[1][1]) == 2);
  CHECK(std::get<double>(table.rows[1][2]) == found[1].found.loss);
  CHECK(std::get<double>(table.rows[1][3]) == 0.5);
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_scalars(writer, found, true);
  CHECK(writer.scalars().at("test/rare/accuracy") == 0.5);
  CHECK(writer.scalars().at("test/rare/loss") == found[1].found.loss);
  CHECK(writer.scalars().size() == 2);  // the host writes those of all data
}

TEST_CASE("real values have a loss and no accuracy", "[train]") {
  const auto found = tested(Output::values);
  CHECK(found[0].found.loss == Approx(2));  // half of 2 squared
  const Table table = accuracy_table(found, false);
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][3]));
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_scalars(writer, found, false);
  CHECK(writer.scalars().count("test/rare/accuracy") == 0);
}
