// How heavy the weights of a set of units are.
#pragma once

#include <modhost/model.h>
#include <modhost/sub_clusters.h>

#include <optional>
#include <vector>

namespace modhost_lesion {

// The means of |w| over all weights into units, and out of them (Hod et al. 2021, `inbound` and
// `outbound`). Taps of convolutions and the positions of a flattened channel are weights of their
// own. Unset where there are none.
struct MeanWeights {
  std::optional<double> inbound, outbound;
};

class UnitWeights {
 public:
  UnitWeights(const modhost::ModelBase& model, const modhost::UnitNetwork& network);
  MeanWeights operator()(int64_t group, const modhost::UnitSet& units) const;

 private:
  struct Sums {  // of each unit of a group
    std::vector<double> in, in_count, out, out_count;
  };
  std::vector<Sums> groups_;
};

// [units to, units from], double: how many weights join two units.
modhost::Tensor tap_counts(const modhost::ModelBase& model, const modhost::UnitKernel& kernel);

}  // namespace modhost_lesion
