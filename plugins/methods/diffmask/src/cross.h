// Every mask on every task's data (Csordas et al. 2021: the mask of one split of SCAN on the test
// part of the others).
#pragma once

#include <modhost/evaluate.h>
#include <modhost/writer.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

inline constexpr const char* kAllData = "all";

// Data that masks are judged on.
struct TestData {
  std::string name;  // a task, or kAllData
  std::shared_ptr<const modhost::Source> source;
};

// All test data, then those of each of the dataset's tasks; none that are empty. Error(config) for
// a task that is called as all data are.
std::vector<TestData> test_data(const modhost::DatasetBase& data);

// A mask on some data; accuracies are 0 .. 1.
struct Judgement {
  std::string mask, data;
  int64_t samples = 0;
  MaskResult::On accuracy;
};

// Mask by mask in the order of `results`, each on all data. `inverse`: of a mask's bits. One
// forward a batch for as many masks as are small enough to be in memory together, at most 8.
std::vector<Judgement> judge(
    modhost::ModelBase& network, const Results& results,
    const std::function<modhost::NamedTensors(const modhost::NamedTensors&)>& inverse,
    const std::vector<TestData>& data, const modhost::EvaluateOptions& how);

// The table `cross`, of which the first rows are the whole network's, and the scalars of the
// study's code: analysis_results/MASK/DATA/accuracy/total,
// final_accuracy/NUMBER/DATA/accuracy/total with the control as number 0,
// inverse_mask_test/MASK/DATA/accuracy, validation/DATA/accuracy/total; there all data are `iid`.
void write_cross(modhost::RunWriter& writer, const Results& results,
                 const std::vector<Judgement>& judgements);

}  // namespace modhost_diffmask
