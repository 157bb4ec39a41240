#include "arrays.h"

#include <modhost/activation.h>
#include <modhost/error.h>
#include <modhost/weights.h>

namespace modhost_arrays {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::string numbered(const char* what, size_t number) {
  return std::string(what) + "." + std::to_string(number);
}

NamedTensors stored(const WeightsOptions* options) {
  check(options != nullptr && !options->weights().empty(), ErrorCode::config,
        "model 'arrays' is the network in a file, and option 'model.weights' names none",
        "give --model.weights net.npz with arrays W0, W1, ..., or another --model");
  NamedTensors tensors = read_weights(*options).tensors;
  check(find(tensors, "layers.0.weight") != nullptr, ErrorCode::data,
        "'" + options->weights() + "' holds no array 'W0'",
        "the weights of layer l are called Wl, [out, in] or [out, in, kernel...]; --model.rename "
        "changes names, and 'modhost inspect FILE' shows them");
  return tensors;
}

std::shared_ptr<Layer> layer_for(const Tensor& weight, bool bias) {
  const int64_t in = weight.size(1), out = weight.size(0);
  if (weight.dim() == 2) return std::make_shared<nn::LinearLayer>(in, out, bias);
  const int64_t height = weight.size(2);
  if (weight.dim() == 3) {
    ops::Conv1dGeometry same;
    same.padding = height / 2;
    return std::make_shared<nn::Conv1dLayer>(in, out, height, same, bias);
  }
  check(weight.dim() == 4, ErrorCode::data,
        "weights " + shape_text(weight) + " belong to no layer that is known here",
        "[out, in], [out, in, length] or [out, in, height, width]");
  ops::Conv2dGeometry same;
  same.padding = {height / 2, weight.size(3) / 2};
  return std::make_shared<nn::Conv2dLayer>(in, out, ops::Sides{height, weight.size(3)}, same, bias);
}

}  // namespace

Accepts Arrays::accepts() {
  return {{Input::features, Input::image},
          {Output::classes, Output::digits, Output::values, Output::bits}};
}

Arrays::Arrays(const Build& build) : Model(build) {
  const NamedTensors tensors = stored(options().adopted<WeightsOptions>());
  for (size_t number = 0;; ++number) {
    const Tensor* weight = find(tensors, numbered("layers", number) + ".weight");
    if (weight == nullptr) return;
    add_stage(*weight, find(tensors, numbered("layers", number) + ".bias") != nullptr,
              find(tensors, numbered("norms", number) + ".weight") != nullptr);
  }
}

void Arrays::add_stage(const Tensor& weight, bool bias, bool norm) {
  const size_t number = stages_.size();
  Stage stage;
  stage.layer = layer_for(weight, bias);
  const std::string name = numbered("layers", number);
  stage.flattens = weight.dim() == 2 && number > 0 && stages_.back().layer->kind() != "linear";
  check(number == 0 || weight.dim() == 2 || stages_.back().layer->kind() == stage.layer->kind(),
        ErrorCode::data,
        "array 'W" + std::to_string(number) + "' " + shape_text(weight) +
            " cannot follow a layer of kind " + (number > 0 ? stages_.back().layer->kind() : ""));
  join_to_last(name, *stage.layer);
  add_layer(name, stage.layer);
  if (norm) {
    const int64_t units = weight.size(0);
    const std::string norm_name = numbered("norms", number);
    if (weight.dim() == 4) {
      stage.norm = std::make_shared<nn::BatchNorm2dLayer>(units, options().eps());
    } else {
      stage.norm = std::make_shared<nn::BatchNorm1dLayer>(units, options().eps());
    }
    join_to_last(norm_name, *stage.norm);
    add_layer(norm_name, stage.norm);
  }
  stages_.push_back(stage);
}

void Arrays::join_to_last(const std::string& name, const Layer& layer) {
  const int64_t in = layer.units_in();
  check(last_.empty() || in % last_units_ == 0, ErrorCode::data,
        "array 'W" + name.substr(name.find('.') + 1) + "' reads " + std::to_string(in) +
            " units, and the layer before it has " + std::to_string(last_units_),
        "weights lie as in PyTorch, [out, in]; transposed ones must be turned first");
  const bool flat = !last_.empty() && in != last_units_;
  join(last_, name, flat ? joint::flattened(last_units_, in / last_units_) : joint::same(in));
  last_ = name;
  last_units_ = layer.units_out();
}

Tensor Arrays::forward(const Batch& batch) {
  Tensor x = stages_.front().layer->kind() == "linear" ? batch.input.flatten(1) : batch.input;
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].flattens) x = x.flatten(1);
    x = Handle<Layer>(stages_[i].layer)(x);
    if (stages_[i].norm != nullptr) x = Handle<Layer>(stages_[i].norm)(x);
    if (i + 1 < stages_.size()) x = activate(options().activation(), x);
  }
  std::vector<int64_t> shape{x.size(0)};
  shape.insert(shape.end(), signature().output_shape.begin(), signature().output_shape.end());
  check(x.numel() == x.size(0) * signature().output_size(), ErrorCode::data,
        "the stored network puts out " + shape_text(x.sizes().slice(1)) +
            ", the dataset asks for " + shape_text(signature().output_shape));
  return x.reshape(shape);
}

}  // namespace modhost_arrays
