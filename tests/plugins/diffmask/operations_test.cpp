// Which operation a network does: counts made by hand, as a table and under names.
#include "operations.h"

#include <modhost/files.h>

#include <catch2/catch.hpp>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_diffmask;

namespace {

// 9 sums, then 4 products.
class Exercises : public Source {
 public:
  explicit Exercises(bool groups) : groups_(groups) {}
  int64_t size() const override { return 13; }
  Batch load(const std::vector<int64_t>&) const override { return {}; }
  std::vector<std::string> groups() const override {
    return groups_ ? alternatives() : std::vector<std::string>{};
  }
  int64_t group(int64_t index) const override { return groups_ && index >= 9 ? 1 : 0; }
  std::vector<std::string> alternatives() const override { return {"add", "mul"}; }

 private:
  bool groups_;
};

Tensor counts(std::vector<int64_t> cells, int64_t rows) {
  return torch::tensor(cells).view({rows, 3});
}

}  // namespace

TEST_CASE("rows are what is asked for, columns what is done", "[operations]") {
  const AnswerKinds kinds = answer_kinds(Exercises(true), 0);
  CHECK(kinds.asked == std::vector<std::string>{"add", "mul"});
  CHECK(kinds.samples == std::vector<int64_t>{9, 4});
  CHECK(kinds.done == std::vector<std::string>{"add", "mul", "none"});
  CHECK(answer_kinds(Exercises(true), 10).samples == std::vector<int64_t>{9, 1});
  CHECK(answer_kinds(Exercises(true), 99).samples == std::vector<int64_t>{9, 4});
  CHECK(answer_kinds(Exercises(false), 0).asked == std::vector<std::string>{"all"});
  CHECK(answer_kinds(Exercises(false), 0).samples == std::vector<int64_t>{13});
}

TEST_CASE("an answer that is right under two operations counts in both", "[operations]") {
  MaskResult add;
  add.task = "add";
  // 9 sums, one of which has the product's answer too: the row of the whole network adds up to 10.
  add.answers = MaskResult::Answers{counts({9, 1, 0, 0, 4, 0}, 2), counts({7, 1, 1, 3, 0, 1}, 2),
                                    counts({0, 0, 9, 1, 2, 1}, 2)};
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_operations(writer, {add}, answer_kinds(Exercises(true), 0));
  CHECK(read_file(folder.path() / "tables" / "operations.csv") ==
        "task,asked,done,samples,unmasked,masked,inverse\n"
        "add,add,add,9,1,0.7777777777777778,0\n"
        "add,add,mul,9,0.1111111111111111,0.1111111111111111,0\n"
        "add,add,none,9,0,0.1111111111111111,1\n"
        "add,mul,add,4,0,0.75,0.25\n"
        "add,mul,mul,4,1,0,0.5\n"
        "add,mul,none,4,0,0.25,0.25\n");
  // The figures of the study: of the sum of the row.
  const auto& scalars = writer.scalars();
  CHECK(scalars.at("validation/iid/confusion/add/add") == Approx(0.9));
  CHECK(scalars.at("validation/iid/confusion/add/mul") == Approx(0.1));
  CHECK(scalars.at("confusion/add/mul/add") == 0.75);
  CHECK(scalars.at("inverse_mask_test/add/confusion/mul/mul") == 0.5);
}

TEST_CASE("a group without samples has shares of 0, and no answers no table", "[operations]") {
  MaskResult mask;
  mask.task = "mul";
  const TestFolder folder;
  RunWriter writer(folder.path());
  const AnswerKinds kinds{{"all"}, {0}, {"add", "mul", "none"}};
  write_operations(writer, {mask}, kinds);
  CHECK(writer.tables().empty());
  const Tensor none = counts({0, 0, 0}, 1);
  mask.answers = MaskResult::Answers{none, none, none};
  write_operations(writer, {mask}, kinds);
  CHECK(writer.scalars().at("confusion/mul/all/none") == 0);
  CHECK(read_file(folder.path() / "tables" / "operations.csv").find("mul,all,none,0,0,0,0\n") !=
        std::string::npos);
}
