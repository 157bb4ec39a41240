// Masks judged on the data of every task: a linear network whose two inputs are two tasks.
#include "cross.h"

#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/mask.h>
#include <modhost/nn.h>
#include <modhost/subset.h>

#include <catch2/catch.hpp>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_diffmask;

namespace {

// Class 1 when input 1 is larger than input 0.
class Larger : public ModelBase {
 public:
  explicit Larger(const Build& build)
      : ModelBase(build), out_(add<nn::Linear>("out", 2, 2, false)) {
    const torch::NoGradGuard no_grad;
    parameters().front().tensor().copy_(torch::tensor({1., -1., -1., 1.}).view({2, 2}));
  }
  Tensor forward(const Batch& batch) override { return out_(batch.input); }

 private:
  nn::Linear out_;
};

Larger larger() {
  Build build;
  build.signature.input_shape = {2};
  build.signature.output_shape = {2};
  return Larger(build);
}

// Samples 0 and 1 differ in input 0 alone, 2 to 4 in input 1 alone.
class Samples : public Source {
 public:
  int64_t size() const override { return 5; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    const Tensor input = torch::tensor({1., 0., -1., 0., 0., 1., 0., 1., 0., -1.}).view({5, 2});
    return {input.to(torch::kFloat).index_select(0, rows),
            torch::tensor({0, 1, 1, 1, 0}, torch::kLong).index_select(0, rows)};
  }
};

class TwoInputs : public DatasetBase {
 public:
  explicit TwoInputs(std::string second = "second") : second_(std::move(second)) {}
  Signature signature() const override { return larger().signature(); }
  std::vector<Task> tasks() const override { return {{"first", ""}, {second_, ""}, {"none", ""}}; }
  std::string describe() const override { return ""; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override { return std::make_shared<Samples>(); }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    if (name == "none") return subset(all(split), {});
    return subset(all(split),
                  name == "first" ? std::vector<int64_t>{0, 1} : std::vector<int64_t>{2, 3, 4});
  }

 private:
  std::string second_;
};

MaskResult mask_of(const std::string& name, std::vector<uint8_t> bits) {
  MaskResult out;
  out.task = name;
  out.control = name == "control";
  out.bits = {{"out.weight", torch::tensor(bits, torch::kUInt8).view({2, 2})}};
  return out;
}

void check_same(const Judgement& found, const std::string& data, int64_t samples, double masked,
                double inverse) {
  CAPTURE(found.mask, found.data);
  CHECK(found.data == data);
  CHECK(found.samples == samples);
  CHECK(found.accuracy.unmasked == 1);
  CHECK(found.accuracy.masked == Approx(masked));
  CHECK(found.accuracy.inverse == Approx(inverse));
}

}  // namespace

TEST_CASE("a mask of one input serves the task of that input, its inverse the other", "[cross]") {
  Larger network = larger();
  const Results results = {mask_of("control", {1, 1, 1, 1}), mask_of("first", {1, 0, 1, 0})};
  const auto found = judge(network, results, inverted, test_data(TwoInputs()), {});
  REQUIRE(found.size() == 6);
  // Of equal logits the first class is taken: right for sample 4, and for sample 0.
  check_same(found[0], "all", 5, 1, 2.0 / 5);
  check_same(found[1], "first", 2, 1, 1.0 / 2);
  check_same(found[2], "second", 3, 1, 1.0 / 3);
  check_same(found[3], "all", 5, 3.0 / 5, 4.0 / 5);
  check_same(found[4], "first", 2, 1, 1.0 / 2);
  check_same(found[5], "second", 3, 1.0 / 3, 1);
  CHECK(found[2].mask == "control");
  CHECK(found[3].mask == "first");
}

TEST_CASE("more masks than are judged at once have the same numbers", "[cross]") {
  Larger network = larger();
  Results results;
  for (int64_t i = 0; i < 9; ++i) {
    results.push_back(mask_of("m" + std::to_string(i), i % 2 == 0
                                                           ? std::vector<uint8_t>{1, 0, 1, 0}
                                                           : std::vector<uint8_t>{0, 1, 0, 1}));
  }
  const auto found = judge(network, results, inverted, test_data(TwoInputs()), {});
  REQUIRE(found.size() == 27);
  for (size_t i = 0; i < 9; ++i) {
    const bool first = i % 2 == 0;
    CHECK(found[3 * i].mask == "m" + std::to_string(i));
    check_same(found[3 * i], "all", 5, first ? 0.6 : 0.8, first ? 0.8 : 0.6);
    check_same(found[3 * i + 2], "second", 3, first ? 1.0 / 3 : 1, first ? 1 : 1.0 / 3);
  }
}

TEST_CASE("judgements lie in a table and under the names of the study's code", "[cross]") {
  Larger network = larger();
  const TestFolder folder;
  RunWriter writer(folder.path());
  const Results results = {mask_of("control", {1, 1, 1, 1}), mask_of("first", {1, 0, 1, 0})};
  EvaluateOptions four;
  four.limit = 4;
  write_cross(writer, results, judge(network, results, inverted, test_data(TwoInputs()), four));
  CHECK(read_file(folder.path() / "tables" / "cross.csv") ==
        "mask,data,samples,unmasked,masked,inverse\n"
        "network,all,4,1,,\nnetwork,first,2,1,,\nnetwork,second,3,1,,\n"
        "control,all,4,1,1,0.25\ncontrol,first,2,1,1,0.5\n"
        "control,second,3,1,1,0.3333333333333333\n"
        "first,all,4,1,0.5,0.75\nfirst,first,2,1,1,0.5\n"
        "first,second,3,1,0.3333333333333333,1\n");
  const auto& scalars = writer.scalars();
  CHECK(scalars.at("analysis_results/first/iid/accuracy/total") == 0.5);
  CHECK(scalars.at("final_accuracy/1/iid/accuracy/total") == 0.5);
  CHECK(scalars.at("final_accuracy/0/second/accuracy/total") == 1);
  CHECK(scalars.at("inverse_mask_test/first/second/accuracy") == 1);
  CHECK(scalars.at("validation/iid/accuracy/total") == 1);
}

TEST_CASE("without a control the masks of tasks are counted from 1 all the same", "[cross]") {
  Larger network = larger();
  const TestFolder folder;
  RunWriter writer(folder.path());
  const Results results = {mask_of("first", {1, 0, 1, 0}), mask_of("second", {0, 1, 0, 1})};
  write_cross(writer, results, judge(network, results, inverted, test_data(TwoInputs()), {}));
  CHECK(writer.scalars().at("final_accuracy/2/second/accuracy/total") == 1);
  CHECK(writer.scalars().count("final_accuracy/0/iid/accuracy/total") == 0);
  write_cross(writer, {}, {});  // nothing to say
}

TEST_CASE("a task that is called as all data are is refused", "[cross]") {
  CHECK_THROWS_WITH(test_data(TwoInputs("all")), Catch::Contains("a task 'all'"));
}
