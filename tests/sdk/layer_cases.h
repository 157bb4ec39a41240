// Every built-in layer kind with its options, for the tests that hold of all of them.
#pragma once

#include <modhost/model.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct LayerCase {
  std::string name;
  std::function<std::shared_ptr<modhost::Layer>()> make;
  std::vector<int64_t> sample;  // shape of one input row
  int64_t tokens = 0;           // when above 0, inputs are integers below it
  int units_at = -1;            // dimension of the output that counts units
  bool recurrent = false;       // units of the output read each other
};

// Kinds whose parameters can be varied.
std::vector<LayerCase> layer_cases();
// Kinds without parameters.
std::vector<LayerCase> plain_layer_cases();

// A model of one layer in double precision, so that the model's own machinery is what is tested.
class OneLayer : public modhost::ModelBase {
 public:
  explicit OneLayer(std::shared_ptr<modhost::Layer> layer);
  modhost::Tensor forward(const modhost::Batch& batch) override;
  modhost::Tensor operator()(const modhost::Tensor& x) { return forward({x}); }
  modhost::Layer& layer() { return *layer_; }

 private:
  std::shared_ptr<modhost::Layer> layer_;
};

double max_error(const modhost::Tensor& a, const modhost::Tensor& b);

// Normal numbers in double.
modhost::Tensor random_tensor(std::vector<int64_t> shape, uint64_t seed);
// `rows` inputs of a case.
modhost::Tensor random_input(const LayerCase& layer_case, int64_t rows, uint64_t seed);

// Leaf variants [parts, *shape] of the parameters whose names hold `which`, near their values.
modhost::NamedTensors leaf_variants(modhost::ModelBase& model, int64_t parts,
                                    const std::string& which = "");
modhost::Variations variations_of(const modhost::NamedTensors& variants);

// Zeroes all that feeds a unit of a group, as the layer's wiring has it.
void silence(modhost::Layer& layer, const std::string& group, int64_t unit);

// The derivative of `value` at `at` along `along`, by central differences.
double central_difference(const std::function<double(const modhost::Tensor&)>& value,
                          const modhost::Tensor& at, const modhost::Tensor& along);
