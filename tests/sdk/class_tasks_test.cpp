#include "modhost/class_tasks.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"

using namespace modhost;
using Catch::Contains;

namespace {

const std::vector<std::string> kAnimals{"cat", "dog", "owl"};

// Sample i is of class i mod 3 and holds i.
class Animals : public Source {
 public:
  int64_t size() const override { return 10; }
  Batch load(const std::vector<int64_t>& indices) const override {
    return {torch::tensor(indices).to(torch::kFloat), torch::tensor(indices)};
  }
  std::vector<std::string> groups() const override { return kAnimals; }
  int64_t group(int64_t index) const override { return index % 3; }
};

std::vector<int64_t> samples(const Source& source) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < source.size(); ++i) all.push_back(i);
  const Tensor target = source.load(all).target;
  return {target.data_ptr<int64_t>(), target.data_ptr<int64_t>() + target.numel()};
}

std::string refusal(const std::vector<std::string>& wanted) {
  try {
    const ClassTasks tasks(kAnimals, wanted, "animals");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

}  // namespace

TEST_CASE("without a choice each class is left out once", "[tasks]") {
  const ClassTasks tasks(kAnimals, {}, "animals");
  REQUIRE(tasks.list().size() == 3);
  CHECK(tasks.list()[1].name == "without_dog");
  CHECK(tasks.list()[1].help == "all animals but 'dog'; compared with it alone");
  const auto whole = std::make_shared<Animals>();
  CHECK(samples(*tasks.task("without_dog", whole)) == std::vector<int64_t>{0, 2, 3, 5, 6, 8, 9});
  CHECK(samples(*tasks.other("without_dog", whole)) == std::vector<int64_t>{1, 4, 7});
}

TEST_CASE("classes joined by plus stand alone", "[tasks]") {
  const ClassTasks tasks(kAnimals, {"owl+cat", "owl"}, "animals");
  REQUIRE(tasks.list().size() == 2);
  CHECK(tasks.list()[0].name == "owl+cat");
  CHECK(tasks.list()[1].name == "without_owl");
  const auto whole = std::make_shared<Animals>();
  CHECK(samples(*tasks.task("owl+cat", whole)) == std::vector<int64_t>{0, 2, 3, 5, 6, 8, 9});
  CHECK(samples(*tasks.other("owl+cat", whole)) == std::vector<int64_t>{1, 4, 7});
}

TEST_CASE("what is no task is refused with what there is", "[tasks]") {
  CHECK_THAT(refusal({"cta"}),
             Contains("names 'cta', there are cat, dog, owl") && Contains("did you mean 'cat'?"));
  CHECK_THAT(refusal({"cat+"}), Contains("names ''"));
  CHECK_THAT(refusal({"cat+dog+owl"}), Contains("has all animals"));
  CHECK_THAT(refusal({"cat+dog", "dog+cat"}), Contains("'dog+cat' twice"));
  CHECK(refusal({"cat+dog", "cat"}).empty());
  const ClassTasks tasks(kAnimals, {"cat"}, "animals");
  CHECK_THROWS_WITH(tasks.task("cat", std::make_shared<Animals>()),
                    Contains("no task 'cat'; it has without_cat"));
}
