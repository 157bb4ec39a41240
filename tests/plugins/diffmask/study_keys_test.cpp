// The numbers of the study's code, counted by hand in masks of seven weights.
#include "study_keys.h"

#include <catch2/catch.hpp>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_diffmask;

namespace {

MaskResult mask_of(const std::string& name, std::vector<uint8_t> in, std::vector<uint8_t> out) {
  MaskResult result;
  result.task = name;
  result.control = name == "control";
  result.bits = {{"in.weight", torch::tensor(in, torch::kUInt8)},
                 {"out.weight", torch::tensor(out, torch::kUInt8)}};
  return result;
}

// in.weight: the control keeps 3, add 2 (one of them the control's), mul 2 (both), together 3.
const Results& results() {
  static const Results out = {mask_of("control", {1, 1, 1, 0}, {1, 0, 0}),
                              mask_of("add", {1, 0, 0, 1}, {1, 1, 0}),
                              mask_of("mul", {1, 1, 0, 0}, {0, 0, 0})};
  return out;
}

std::map<std::string, double> keys_of(const Results& masks) {
  const TestFolder folder;
  RunWriter writer(folder.path());
  write_study_keys(writer, masks);
  return writer.scalars();
}

}  // namespace

TEST_CASE("what tasks share is counted by parameter and over all", "[keys]") {
  auto found = keys_of(results());
  CHECK(found.at("mask_stat/mask_in_weight/n_total") == 3);
  CHECK(found.at("mask_stat/mask_in_weight/n_1") == 2);
  CHECK(found.at("mask_stat/mask_in_weight/shared_1") == 0.5);
  CHECK(found.at("mask_stat/mask_in_weight/shared_2") == 0.5);
  CHECK(found.at("mask_stat/mask_out_weight/n_2") == 0);
  CHECK(found.at("mask_stat/mask_out_weight/shared_2") == 0);  // of no weight
  CHECK(found.at("mask_stat/all/n_total") == 5);
  CHECK(found.at("mask_stat/all/n_1") == 1);  // shared ones
  CHECK(found.at("mask_stat/all/shared_1") == Approx(1.0 / 5));
}

TEST_CASE("what remains of the control is what both keep", "[keys]") {
  auto found = keys_of(results());
  CHECK(found.at("mask_remaining/layers/in_weight/n_ref") == 3);
  CHECK(found.at("mask_remaining/layers/in_weight/n_1") == 1);
  CHECK(found.at("mask_remaining/layers/in_weight/remaining_1") == Approx(1.0 / 3));
  CHECK(found.at("mask_remaining/layers/in_weight/n_2") == 2);
  CHECK(found.at("mask_remaining/layers/out_weight/remaining_2") == 0);
  CHECK(found.at("mask_remaining/all/n_total") == 4);
  CHECK(found.at("mask_remaining/masks/n_0") == 2);
  CHECK(found.at("mask_remaining/masks/remaining_0") == 0.5);
  CHECK(found.at("mask_remaining/masks/remaining_1") == 0.5);
}

TEST_CASE("one mask shares nothing, and without a control nothing remains of it", "[keys]") {
  auto found = keys_of({results()[1]});
  CHECK(found.at("mask_stat/all/n_total") == 4);
  CHECK(found.at("mask_stat/all/n_1") == 0);
  CHECK(found.count("mask_remaining/all/n_total") == 0);
  CHECK(study_key("layers.0.weight") == "layers_0_weight");
}
