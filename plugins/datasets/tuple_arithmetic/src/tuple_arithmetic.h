// The dataset `tuple_arithmetic`.
#pragma once

#include <modhost/dataset.h>

#include <map>
#include <memory>
#include <string>

#include "sum_source.h"
#include "tuple_options.h"

namespace modhost_tuple_arithmetic {

class TupleArithmetic : public Dataset<TupleOptions> {
 public:
  using Dataset::Dataset;

  Signature signature() const override;
  std::vector<Task> tasks() const override;
  std::string unit() const override { return "exercises"; }
  std::string describe() const override;
  double chance() const override;
  std::shared_ptr<const Source> all(Split split) const override;
  // In the training split a recurrent network does not see the other pair, in the test split it
  // does: as in the code of Csordas et al. 2021.
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  // The other pair.
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;

 private:
  std::shared_ptr<const Sums> drawn(Split split) const;
  std::shared_ptr<const Source> restricted_to(int64_t pair, Split split) const;

  mutable std::map<Split, std::shared_ptr<const Sums>> drawn_;
};

}  // namespace modhost_tuple_arithmetic
