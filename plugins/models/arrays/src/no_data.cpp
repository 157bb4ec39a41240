#include "no_data.h"

#include <modhost/error.h>

namespace modhost_arrays {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

class NoSamples : public Source {
 public:
  int64_t size() const override { return 0; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto rows = static_cast<int64_t>(indices.size());
    return {torch::zeros({rows, 1}), torch::zeros({rows, 1})};
  }
};

}  // namespace

Signature NoData::signature() const { return {Input::features, {1}, Output::values, {1}}; }

std::shared_ptr<const Source> NoData::all(Split) const { return std::make_shared<NoSamples>(); }

std::shared_ptr<const Source> NoData::task(const std::string& name, Split) const {
  throw Error(ErrorCode::config, "dataset 'no_data' has no task '" + name + "', nor any other",
              "name a dataset by --dataset");
}

}  // namespace modhost_arrays
