#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/subset.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

// Sample i is the number i, of group i mod 2.
class Numbers : public Source {
 public:
  int64_t size() const override { return 10; }
  Batch load(const std::vector<int64_t>& indices) const override {
    return {torch::tensor(indices, torch::kLong)};
  }
  std::vector<std::string> groups() const override { return {"even", "odd"}; }
  int64_t group(int64_t index) const override { return index % 2; }
};

class TwoTasks : public DatasetBase {
 public:
  Signature signature() const override { return {}; }
  std::vector<Task> tasks() const override { return {{"add", ""}, {"mul", ""}}; }
  std::string describe() const override { return ""; }
  double chance() const override { return 0; }
  std::shared_ptr<const Source> all(Split) const override { return nullptr; }
  std::shared_ptr<const Source> task(const std::string&, Split) const override { return nullptr; }
};

}  // namespace

TEST_CASE("a subset holds the named samples in the named order", "[dataset]") {
  const auto part = subset(std::make_shared<Numbers>(), {7, 2, 7});
  REQUIRE(part->size() == 3);
  CHECK(torch::equal(part->load({2, 1, 0, 1}).input, torch::tensor({7, 2, 7, 2}, torch::kLong)));
  CHECK(part->groups() == std::vector<std::string>{"even", "odd"});
  CHECK(part->group(0) == 1);
  CHECK(part->group(1) == 0);
  CHECK_THROWS(part->load({3}));
}

TEST_CASE("an unknown task is refused with the nearest", "[dataset]") {
  const TwoTasks dataset;
  CHECK_NOTHROW(check_task(dataset, "mul"));
  try {
    check_task(dataset, "mull");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    CHECK(error.full() == "the dataset has no task 'mull'; it has add, mul; did you mean 'mul'?");
  }
}

TEST_CASE("counts are grouped by thousands", "[text]") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(20910) == "20,910");
  CHECK(count_text(1000000) == "1,000,000");
  CHECK(count_text(-100) == "-100");
  CHECK(count_text(-1000) == "-1,000");
}
