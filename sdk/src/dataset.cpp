#include "modhost/dataset.h"

#include <algorithm>
#include <utility>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

std::string to_string(Split split) {
  switch (split) {
    case Split::train:
      return "train";
    case Split::validation:
      return "validation";
    case Split::test:
      return "test";
  }
  return "?";
}

namespace {

template <typename F>
Batch each_tensor(const Batch& batch, const F& change) {
  const auto changed = [&](const Tensor& value) { return value.defined() ? change(value) : value; };
  return {changed(batch.input), changed(batch.target), changed(batch.input_length),
          changed(batch.target_length), batch.steps};
}

// Row for row; int64 token sequences of different lengths are filled up with zeros.
Tensor stacked_rows(std::vector<Tensor> parts) {
  if (!parts.front().defined()) return Tensor();
  if (parts.front().dim() == 2 && parts.front().scalar_type() == torch::kLong) {
    int64_t longest = 0;
    for (const Tensor& part : parts) longest = std::max(longest, part.size(1));
    for (Tensor& part : parts) {
      part = torch::constant_pad_nd(part, {0, longest - part.size(1)});
    }
  }
  return torch::cat(parts, 0);
}

}  // namespace

Batch Batch::to(torch::Device device) const {
  return each_tensor(*this, [&](const Tensor& value) { return value.to(device); });
}

Batch Batch::to(torch::ScalarType type) const {
  return each_tensor(*this, [&](const Tensor& value) {
    return value.is_floating_point() ? value.to(type) : value;
  });
}

Batch Batch::without_target() const {
  Batch out = *this;
  out.target = Tensor();
  out.target_length = Tensor();
  out.steps = target.defined() && target.dim() > 1 ? target.size(1) : steps;
  return out;
}

Batch concatenated(const std::vector<Batch>& batches) {
  if (batches.size() == 1) return batches.front();
  const auto gather = [&](Tensor Batch::*member) {
    std::vector<Tensor> parts;
    for (const Batch& batch : batches) parts.push_back(batch.*member);
    return stacked_rows(std::move(parts));
  };
  Batch out{gather(&Batch::input), gather(&Batch::target), gather(&Batch::input_length),
            gather(&Batch::target_length)};
  for (const Batch& batch : batches) out.steps = std::max(out.steps, batch.steps);
  return out;
}

Source::~Source() = default;
Batch Source::drawn(const std::vector<int64_t>& indices, const std::vector<uint64_t>&) const {
  return load(indices);
}

std::vector<std::string> Source::groups() const { return {}; }
int64_t Source::group(int64_t) const { return 0; }
std::vector<std::string> Source::alternatives() const { return {}; }
Tensor Source::targets_under(int64_t, const std::vector<int64_t>& indices) const {
  return load(indices).target;
}

DatasetBase::~DatasetBase() = default;
std::string DatasetBase::unit() const { return "samples"; }
std::shared_ptr<const Source> DatasetBase::other(const std::string&, Split split) const {
  return all(split);
}
DataFiles DatasetBase::files() const { return {}; }

void DatasetBase::export_to(const std::filesystem::path&) const {
  throw Error(ErrorCode::usage, "this dataset cannot be exported");
}
void DatasetBase::show(const std::filesystem::path&) const {
  throw Error(ErrorCode::usage, "this dataset has no picture to show");
}

void check_task(const DatasetBase& dataset, const std::string& name) {
  std::vector<std::string> names;
  for (const Task& task : dataset.tasks()) names.push_back(task.name);
  check(std::find(names.begin(), names.end(), name) != names.end(), ErrorCode::config,
        "the dataset has no task '" + name + "'; it has " + join(names), did_you_mean(name, names));
}

}  // namespace v1
}  // namespace modhost
