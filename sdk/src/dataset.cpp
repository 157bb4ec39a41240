#include "modhost/dataset.h"

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

Batch Batch::to(torch::Device device) const { return {input.to(device), target.to(device)}; }

Source::~Source() = default;
std::vector<std::string> Source::groups() const { return {}; }
int64_t Source::group(int64_t) const { return 0; }

DatasetBase::~DatasetBase() = default;
std::string DatasetBase::unit() const { return "samples"; }
std::shared_ptr<const Source> DatasetBase::other(const std::string&, Split split) const {
  return all(split);
}
void DatasetBase::export_to(const std::filesystem::path&) const {
  throw Error(ErrorCode::usage, "this dataset cannot be exported");
}
void DatasetBase::show(const std::filesystem::path&) const {
  throw Error(ErrorCode::usage, "this dataset has no picture to show");
}

}  // namespace v1
}  // namespace modhost
