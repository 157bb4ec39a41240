// Which operation a network does: counts made by hand, as a table and under names.
#include "operations.h"

#include <modhost/files.h>

#include <catch2/catch.hpp>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_diffmask;

namespace {

class Exercises : public Source {
 public:
  explicit Exercises(bool groups) : groups_(groups) {}
  int64_t size() const override { return 0; }
  Batch load(const std::vector<int64_t>&) const override { return {}; }
  std::vector<std::string> groups() const override {
    return groups_ ? alternatives() : std::vector<std::string>{};
  }
  std::vector<std::string> alternatives() const override { return {"add", "mul"}; }

 private:
  bool groups_;
};

Tensor counts(std::vector<int64_t> cells, int64_t rows) {
  return torch::tensor(cells).view({rows, 3});
}

}  // namespace

TEST_CASE("rows are what is asked for, columns what is done", "[operations]") {
  const AnswerNames names = answer_names(Exercises(true));
  CHECK(names.asked == std::vector<std::string>{"add", "mul"});
  CHECK(names.done == std::vector<std::string>{"add", "mul", "none"});
  CHECK(answer_names(Exercises(false)).asked == std::vector<std::string>{"all"});
}

TEST_CASE("shares are of a row's sum, so an answer right under both counts in both",
          "[operations]") {
  MaskResult add;
  add.task = "add";
  // 9 sums, one of which has the product's answer too: the row adds up to 10.
  add.answers = MaskResult::Answers{counts({9, 1, 0, 0, 4, 0}, 2), counts({8, 1, 1, 3, 0, 1}, 2),
                                    counts({0, 0, 9, 1, 2, 1}, 2)};
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_operations(writer, {add}, answer_names(Exercises(true)));
  CHECK(read_file(folder.path() / "tables" / "operations.csv") ==
        "task,asked,done,unmasked,masked,inverse,unmasked_samples,masked_samples,inverse_samples\n"
        "add,add,add,0.9,0.8,0,9,8,0\n"
        "add,add,mul,0.1,0.1,0,1,1,0\n"
        "add,add,none,0,0.1,1,0,1,9\n"
        "add,mul,add,0,0.75,0.25,0,3,1\n"
        "add,mul,mul,1,0,0.5,4,0,2\n"
        "add,mul,none,0,0.25,0.25,0,1,1\n");
  const auto& scalars = writer.scalars();
  CHECK(scalars.at("confusion/add/mul/add") == 0.75);
  CHECK(scalars.at("inverse_mask_test/add/confusion/mul/mul") == 0.5);
  CHECK(scalars.at("validation/iid/confusion/add/mul") == Approx(0.1));
}

TEST_CASE("a group without samples has shares of 0, and no answers no table", "[operations]") {
  MaskResult mask;
  mask.task = "mul";
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_operations(writer, {mask}, answer_names(Exercises(true)));
  CHECK(writer.tables().empty());
  const Tensor none = counts({0, 0, 0}, 1);
  mask.answers = MaskResult::Answers{none, none, none};
  write_operations(writer, {mask}, answer_names(Exercises(false)));
  CHECK(writer.scalars().at("confusion/mul/all/none") == 0);
}
