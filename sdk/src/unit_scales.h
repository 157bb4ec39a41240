// The batch normalisations of a model, and which side of its units they belong to.
#pragma once

#include <map>
#include <vector>

#include "modhost/unit_network.h"
#include "unit_sources.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class UnitScales {
 public:
  UnitScales(const ModelBase& model, const UnitSources& sources, const std::vector<size_t>& sums);

  // Of the units that a node puts out, for the kernels that feed it.
  std::vector<UnitScale> of_writer(size_t node) const;
  // Of a link that is read, for the kernel that reads it; `places` as TapMap::inputs.
  std::vector<UnitScale> of_link(const UnitLink& link, const Tensor& inputs) const;

 private:
  bool comes_at_once(size_t scale, size_t node) const;
  void settle_sums(const std::vector<size_t>& sums);
  std::vector<size_t> outgoing(const UnitLink& link) const;
  UnitScale scale_of(size_t slot) const;

  const ModelBase& model_;
  const UnitSources& sources_;
  std::map<size_t, size_t> direct_;  // slot of a normalisation -> the node that it scales
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
