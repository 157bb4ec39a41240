// A network of which only the weights are there: arrays W0, W1, ... of a file, one layer after
// another.
#pragma once

#include <modhost/model.h>

#include <optional>
#include <vector>

namespace modhost_arrays {

struct ArraysOptions : modhost::Options {
  modhost::Option<std::string> activation{
      *this, "activation", "relu", "after each layer but the last, for data to run through",
      modhost::Choices{{"none", "relu", "tanh", "sigmoid", "gelu", "silu"}}};
  modhost::Option<double> eps{
      *this, "eps", 1e-5, "is added to the running variances bn_v0, bn_v1, ...", modhost::Above{0}};
};

class Arrays : public modhost::Model<ArraysOptions> {
 public:
  static modhost::Accepts accepts();
  explicit Arrays(const modhost::Build& build);

  // [E*b, ...] -> [E*b, *output]. Convolutions keep height and width.
  modhost::Tensor forward(const modhost::Batch& batch) override;

 private:
  struct Stage {
    std::shared_ptr<modhost::Layer> layer, norm;  // norm: nullptr where there is none
    bool flattens = false;                        // reads channels of images as features
  };
  void add_stage(const modhost::Tensor& weight, bool bias, bool norm);
  // Its units in are those of the layer before, or of an image that was flattened.
  void join_to_last(const std::string& name, const modhost::Layer& layer);

  std::vector<Stage> stages_;
  std::string last_;  // the layer whose units arrive next, "" for the input
  int64_t last_units_ = 0;
};

}  // namespace modhost_arrays
