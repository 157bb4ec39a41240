// What a layer puts out when some of the units that it reads change: what it puts out anyway, plus
// the products of the changes alone.
#pragma once

#include <modhost/nn_conv.h>
#include <modhost/sub_clusters.h>

#include <optional>
#include <vector>

#include "silenced.h"

namespace modhost_lesion {

class ReaderDifference {
 public:
  // For the units of `group` in each of `lesions`; unset where more than one layer reads the group,
  // or that layer is no linear layer and no convolution of all channels.
  static std::optional<ReaderDifference> of(const modhost::ModelBase& model,
                                            const modhost::UnitNetwork& network, int64_t group,
                                            const std::vector<UnitSets>& lesions);

  const modhost::Layer* layer() const { return layer_; }
  // before: [b, ...], what the layer puts out; change: what is added to what it reads, of which the
  // units of a lesion count for it. Returns [E*b, ...].
  modhost::Tensor operator()(const modhost::Tensor& before, const modhost::Tensor& change) const;
  // Of the weights that it gathers for one lesion.
  static int64_t bytes(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                       const std::vector<UnitSets>& lesions);

 private:
  modhost::Tensor linear(const modhost::Tensor& before, const modhost::Tensor& change) const;
  modhost::Tensor convolution(const modhost::Tensor& before, const modhost::Tensor& change) const;

  const modhost::Layer* layer_ = nullptr;
  const modhost::nn::Conv2dLayer* convolution_ = nullptr;  // of `layer_`; nullptr: it is linear
  std::vector<modhost::Tensor> inputs_;   // [count] int64 of each lesion: entries that it reads
  std::vector<modhost::Tensor> weights_;  // convolution: [out, count, kh, kw] of each lesion
  // Linear: [E, most] entries, beyond those of a lesion one after the last, which does not change;
  // and the weights of these, [E, most, out].
  modhost::Tensor places_, gathered_;
};

}  // namespace modhost_lesion
