// No data at all, for methods that look at weights alone.
#pragma once

#include <modhost/dataset.h>

namespace modhost_arrays {

struct NoDataOptions : modhost::Options {};

class NoData : public modhost::Dataset<NoDataOptions> {
 public:
  using Dataset::Dataset;
  modhost::Signature signature() const override;
  std::vector<modhost::Task> tasks() const override { return {}; }
  std::string describe() const override { return "no samples"; }
  double chance() const override { return 0; }
  std::shared_ptr<const modhost::Source> all(modhost::Split split) const override;
  std::shared_ptr<const modhost::Source> task(const std::string& name,
                                              modhost::Split split) const override;
};

}  // namespace modhost_arrays
