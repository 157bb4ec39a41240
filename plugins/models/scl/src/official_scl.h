// The Scattering Compositional Learner of its authors (Wu, Dong, Grosse, Ba 2020; their published
// code): convolutions with ReLU, a spatial transform, grouped features, five softmax relations.
#pragma once

#include <modhost/model.h>

#include "panels.h"
#include "scl_options.h"

namespace modhost_scl {

// x + W2 relu(LN(W1 relu(LN(x)))), all of width d; W1, W2 start at N(0, 0.005^2).
struct NormedResidual {
  modhost::nn::LayerNorm norm_in, norm_out;
  modhost::nn::Linear transform1, transform2;
  modhost::Tensor operator()(const modhost::Tensor& x) const;
};

class OfficialScl : public modhost::Model<SclOptions> {
 public:
  explicit OfficialScl(const modhost::Build& build);

  // [E*b, images, side, side] -> [E*b, candidates]
  modhost::Tensor forward(const modhost::Batch& batch) override;

 private:
  using Mlp = std::vector<modhost::nn::Linear>;
  Mlp add_mlp(const std::string& name, int64_t in, const std::vector<int64_t>& hidden, int64_t out);
  NormedResidual add_residual(const std::string& name, int64_t width);
  void add_vision();
  void join_mlp(const std::string& name, const Mlp& mlp);
  void join_residual(const std::string& name, int64_t width);
  void join_layers();
  modhost::Tensor vision(const modhost::Tensor& images, const modhost::Tensor& repetitions);

  Panels panels_;
  int64_t positions_;  // of the image after the convolutions
  std::vector<modhost::nn::Conv2d> convolutions_;
  std::vector<modhost::nn::BatchNorm2d> norms_;
  Mlp spatial_, group_;
  NormedResidual group_residual_, feature_residual_;
  std::vector<Mlp> experts_;
  std::vector<NormedResidual> expert_residuals_;
  Mlp scorer_;
};

}  // namespace modhost_scl
