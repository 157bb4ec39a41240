// Changes of confusions, by hand.
#include "class_changes.h"

#include <catch2/catch.hpp>

using namespace modhost_diffmask;

namespace {

const std::vector<std::string> kClasses{"cat", "dog", "fish"};

torch::Tensor counts(std::vector<int64_t> cells) { return torch::tensor(cells).view({3, 3}); }

}  // namespace

TEST_CASE("confusions are shares of each true class", "[classes]") {
  const torch::Tensor shares = shares_of_rows(counts({3, 1, 0, 0, 0, 0, 1, 1, 2}));
  CHECK(shares[0][0].item<double>() == 0.75);
  CHECK(shares[2][1].item<double>() == 0.25);
  CHECK(shares[1].sum().item<double>() == 0);  // no dog was there
}

TEST_CASE(
    "the loss of recall is relative to the control's, for the class left out and the worst other",
    "[classes]") {
  const torch::Tensor control = counts({8, 2, 0, 0, 10, 0, 5, 0, 5});
  const torch::Tensor mask = counts({2, 8, 0, 1, 9, 0, 6, 0, 4});
  const RecallLoss loss = recall_loss(control, mask, 0, kClasses);
  CHECK(loss.removed == Approx(0.75));     // 8 of 10, then 2
  CHECK(loss.worst_other == Approx(0.2));  // fish: 5, then 4; dog: a tenth
  CHECK(loss.worst_class == "fish");

  const RecallLoss none = recall_loss(control, control, 1, kClasses);
  CHECK(none.removed == 0);
  CHECK(none.worst_other == 0);
  CHECK(none.worst_class.empty());
}

TEST_CASE("a class that the control never recalls counts as not lost", "[classes]") {
  const torch::Tensor control = counts({0, 2, 0, 0, 10, 0, 0, 0, 5});
  const torch::Tensor mask = counts({1, 1, 0, 0, 10, 0, 0, 0, 5});
  CHECK(recall_loss(control, mask, 0, kClasses).removed == 0);
}
