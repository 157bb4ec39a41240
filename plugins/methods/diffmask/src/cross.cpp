#include "cross.h"

#include <modhost/error.h>
#include <modhost/mask.h>

#include <algorithm>

#include "mask_metrics.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kVariantsAtOnce = 8;
constexpr int64_t kWeightsAtOnce = 1 << 26;  // masked, of all variants in a forward: 256 MiB

int64_t variants_at_once(const Results& results) {
  const int64_t weights = std::max<int64_t>(size(results.front().bits), 1);
  return std::clamp<int64_t>(kWeightsAtOnce / weights, 1, kVariantsAtOnce);
}

// Variant 0 is the whole network, 1 and 2 the first mask and its inverse, and so on.
template <typename F>
std::vector<Evaluation> evaluate_all(ModelBase& network, const Results& results, const F& inverse,
                                     const Source& source, const EvaluateOptions& how) {
  const auto count = static_cast<int64_t>(2 * results.size() + 1);
  const int64_t at_once = variants_at_once(results);
  std::vector<Evaluation> out;
  for (int64_t first = 0; first < count; first += at_once) {
    std::vector<NamedTensors> masks;
    for (int64_t variant = first; variant < std::min(first + at_once, count); ++variant) {
      if (variant == 0) {
        masks.emplace_back();
        continue;
      }
      const NamedTensors& bits = results[static_cast<size_t>((variant - 1) / 2)].bits;
      masks.push_back(variant % 2 == 1 ? bits : inverse(bits));
    }
    const auto found = evaluate(network, source, static_cast<int64_t>(masks.size()),
                                hard_masks(network, masks), how);
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

std::string study_set(const std::string& data) { return data == kAllData ? "iid" : data; }

// The whole network, on each data once.
void write_network(RunWriter& writer, const std::vector<Judgement>& judgements, Table& table) {
  for (const Judgement& one : judgements) {
    if (one.mask != judgements.front().mask) continue;
    table.add({"network", one.data, one.samples, one.accuracy.unmasked, {}, {}});
    writer.scalar("validation/" + study_set(one.data) + "/accuracy/total", one.accuracy.unmasked);
  }
}

}  // namespace

std::vector<TestData> test_data(const DatasetBase& data) {
  std::vector<TestData> out{{kAllData, data.all(Split::test)}};
  for (const Task& task : data.tasks()) {
    check(task.name != kAllData, ErrorCode::config,
          "the dataset has a task '" + task.name + "', which 'method.cross' calls all its data",
          "leave out 'method.cross'");
    out.push_back({task.name, data.task(task.name, Split::test)});
  }
  const auto empty = [](const TestData& one) { return one.source->size() == 0; };
  out.erase(std::remove_if(out.begin(), out.end(), empty), out.end());
  return out;
}

std::vector<Judgement> judge(ModelBase& network, const Results& results,
                             const std::function<NamedTensors(const NamedTensors&)>& inverse,
                             const std::vector<TestData>& data, const EvaluateOptions& how) {
  if (results.empty()) return {};
  std::vector<Judgement> out(results.size() * data.size());
  for (size_t column = 0; column < data.size(); ++column) {
    const auto found = evaluate_all(network, results, inverse, *data[column].source, how);
    for (size_t i = 0; i < results.size(); ++i) {
      out[i * data.size() + column] = {
          results[i].task, data[column].name, found[0].samples,
          MaskResult::On{found[0].accuracy, found[2 * i + 1].accuracy, found[2 * i + 2].accuracy}};
    }
  }
  return out;
}

void write_cross(RunWriter& writer, const Results& results,
                 const std::vector<Judgement>& judgements) {
  if (judgements.empty()) return;
  Table table{{"mask", "data", "samples", "unmasked", "masked", "inverse"}, {}};
  write_network(writer, judgements, table);
  std::map<std::string, std::string> numbers;  // of masks; the control is 0, there or not
  for (const MaskResult& result : results) {
    const size_t number = result.control ? 0 : numbers.size() + (control_of(results) ? 0 : 1);
    numbers[result.task] = std::to_string(number);
  }
  for (const Judgement& one : judgements) {
    const auto& [unmasked, masked, inverse] = one.accuracy;
    table.add({one.mask, one.data, one.samples, unmasked, masked, inverse});
    const std::string set = study_set(one.data);
    writer.scalar("analysis_results/" + one.mask + "/" + set + "/accuracy/total", masked);
    writer.scalar("final_accuracy/" + numbers[one.mask] + "/" + set + "/accuracy/total", masked);
    writer.scalar("inverse_mask_test/" + one.mask + "/" + set + "/accuracy", inverse);
  }
  writer.table("cross", table);
}

}  // namespace modhost_diffmask
