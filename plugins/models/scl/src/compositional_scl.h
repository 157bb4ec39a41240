// The Scattering Compositional Learner as re-implemented by P. Wang (scattering-compositional-
// learner) and used for mask studies on abstract reasoning: vision, scattering attribute network,
// residual block, relation network shared by all feature groups.
#pragma once

#include <modhost/model.h>

#include "panels.h"
#include "scl_options.h"

namespace modhost_scl {

// y = x + W2 relu(LN(W1 x)), width d -> 4d -> d.
class ResidualBlock {
 public:
  modhost::nn::Linear expand, contract;
  modhost::nn::LayerNorm norm;
  modhost::Tensor operator()(const modhost::Tensor& x) const;
};

class CompositionalScl : public modhost::Model<SclOptions> {
 public:
  explicit CompositionalScl(const modhost::Build& build);

  // [E*b, images, side, side] -> [E*b, candidates]
  modhost::Tensor forward(const modhost::Batch& batch) override;

  // The parts, for tests and analyses.
  modhost::Tensor vision(const modhost::Tensor& images, const modhost::Tensor& repetitions);
  modhost::Tensor attributes(const modhost::Tensor& features);  // [n, d] -> [n, d]
  modhost::Tensor residual(const modhost::Tensor& features) { return ff_residual_(features); }

 private:
  void add_vision();
  void add_mlp(const std::string& name, std::vector<int64_t> widths,
               std::vector<modhost::nn::Linear>& layers);
  ResidualBlock add_residual(const std::string& name, int64_t width);
  void join_layers();

  Panels panels_;
  std::vector<modhost::nn::Conv2d> convolutions_;
  std::vector<modhost::nn::BatchNorm2d> norms_;
  modhost::nn::Linear features_;
  ResidualBlock vision_residual_, ff_residual_;
  std::vector<modhost::nn::Linear> attribute_net_, relation_net_;
  modhost::nn::Linear to_logit_;
};

}  // namespace modhost_scl
