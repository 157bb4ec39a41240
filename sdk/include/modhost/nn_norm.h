// Normalising layers. All have a `weight` (scale) of ones and a `bias` (shift) of zeros at first.
#pragma once

#include <string>

#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

// Batch normalisation of channels over rows and positions (Ioffe and Szegedy 2015). Training:
// statistics of the batch, of each ensemble part separately; the running ones are updated (with the
// mean over the parts when the buffers hold one network, [channels]; each part its own when they
// hold one a part, [E, channels]). Evaluation: running statistics, row e for part e if there are E.
class BatchNormLayer : public Layer {
 public:
  Tensor forward(const Tensor& x) override;
  // row_weight: [E*b] or undefined. Row n counts row_weight[n] times in the batch statistics, as if
  // the batch repeated it that often; evaluation ignores it.
  Tensor forward(const Tensor& x, const Tensor& row_weight);

  double eps() const { return eps_; }  // added to the variance

 protected:
  BatchNormLayer(const std::string& kind, int64_t channels, double eps, double momentum);
  virtual bool takes(const Tensor& x) const = 0;  // is the rank right?
  virtual std::string positions() const = 0;      // ", height, width"

 private:
  Tensor by_batch(const Tensor& x, const Tensor& row_weight);
  Tensor by_running(const Tensor& x);
  void update_running(const ops::BatchStatistics& statistics, double count);

  double eps_, momentum_;
  Parameter weight_, bias_;                                     // [channels]
  Buffer *running_mean_, *running_var_, *num_batches_tracked_;  // [channels], [channels], []
};

struct BatchNormOptions : Options {
  Option<int64_t> channels{*this, "channels", 0, "channels", AtLeast{1}, FromInput{0}};
  Option<double> eps{*this, "eps", 1e-5, "added to the variance", Above{0}};
  Option<double> momentum{*this, "momentum", 0.1, "share of the newest batch", Range{0, 1}};
};
// [E*b, channels] or [E*b, channels, length].
class BatchNorm1dLayer : public BatchNormLayer {
 public:
  using OptionsType = BatchNormOptions;
  explicit BatchNorm1dLayer(int64_t channels, double eps = 1e-5, double momentum = 0.1);
  explicit BatchNorm1dLayer(const BatchNormOptions& options);

 protected:
  bool takes(const Tensor& x) const override;
  std::string positions() const override;
};
// [E*b, channels, h, w].
class BatchNorm2dLayer : public BatchNormLayer {
 public:
  using OptionsType = BatchNormOptions;
  explicit BatchNorm2dLayer(int64_t channels, double eps = 1e-5, double momentum = 0.1);
  explicit BatchNorm2dLayer(const BatchNormOptions& options);

 protected:
  bool takes(const Tensor& x) const override;
  std::string positions() const override;
};

// Layer normalisation over the last dimension (Ba, Kiros, Hinton 2016): [E*b, ..., features].
struct LayerNormOptions : Options {
  Option<int64_t> features{*this,      "features",   0, "size of the last dimension",
                           AtLeast{1}, FromInput{-1}};
  Option<double> eps{*this, "eps", 1e-5, "added to the variance", Above{0}};
  Option<std::string> variant{*this, "variant", "standard",
                              "unbiased_std: divide by the unbiased deviation plus eps, as in the "
                              "code of Csordas et al. 2021",
                              Choices{{"standard", "unbiased_std"}}};
};
class LayerNormLayer : public Layer {
 public:
  using OptionsType = LayerNormOptions;
  explicit LayerNormLayer(int64_t features, double eps = 1e-5,
                          ops::LayerNormVariant variant = ops::LayerNormVariant::standard);
  explicit LayerNormLayer(const LayerNormOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  double eps_;
  ops::LayerNormVariant variant_;
  Parameter weight_, bias_;  // [features]
};

// Group normalisation: of equal runs of channels together with all positions (Wu, He 2018):
// [E*b, channels, ...].
struct GroupNormOptions : Options {
  Option<int64_t> groups{*this, "groups", 1, "equal runs of channels", AtLeast{1}};
  Option<int64_t> channels{*this, "channels", 0, "channels", AtLeast{1}, FromInput{0}};
  Option<double> eps{*this, "eps", 1e-5, "added to the variance", Above{0}};
};
class GroupNormLayer : public Layer {
 public:
  using OptionsType = GroupNormOptions;
  GroupNormLayer(int64_t groups, int64_t channels, double eps = 1e-5);
  explicit GroupNormLayer(const GroupNormOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  int64_t runs_;
  double eps_;
  Parameter weight_, bias_;  // [channels]
};

using BatchNorm1d = Handle<BatchNorm1dLayer>;
using BatchNorm2d = Handle<BatchNorm2dLayer>;
using LayerNorm = Handle<LayerNormLayer>;
using GroupNorm = Handle<GroupNormLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
