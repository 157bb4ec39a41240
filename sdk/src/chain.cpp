#include "modhost/chain.h"

#include <algorithm>
#include <typeinfo>
#include <utility>

#include "modhost/error.h"
#include "modhost/nn_conv.h"
#include "modhost/nn_simple.h"

namespace modhost {
inline namespace v1 {
namespace {

using Shape = std::vector<int64_t>;

int64_t product(const Shape& shape, size_t first = 0) {
  int64_t out = 1;
  for (size_t i = first; i < shape.size(); ++i) out *= shape[i];
  return out;
}

std::string quoted_kind(const Layer& layer) {
  return "layer '" + layer.name() + "' (" + layer.kind() + ")";
}

// Unit u at index i of dimension `unit_dim` of `shape` -> its entries once everything is one row.
joint::Pairs flattened(const joint::Pairs& pairs, const Shape& shape, int unit_dim) {
  joint::Pairs out;
  const int64_t inner = unit_dim == 0 ? product(shape, 1) : 1;  // entries of one unit in a run
  const int64_t outer = unit_dim == 0 ? 1 : product(shape) / shape.back();
  const int64_t stride = unit_dim == 0 ? 0 : shape.back();
  for (const auto& [unit, index] : pairs) {
    for (int64_t run = 0; run < outer; ++run) {
      for (int64_t k = 0; k < inner; ++k) out.emplace_back(unit, run * stride + index * inner + k);
    }
  }
  return out;
}

int64_t size_at(const Shape& shape, int dim) { return dim == 0 ? shape.front() : shape.back(); }

joint::Pairs everywhere(const joint::Pairs& pairs, int64_t size) {
  int64_t units = 0;
  for (const auto& [unit, index] : pairs) units = std::max(units, unit + 1);
  return joint::every(units, size);
}

// Is the layer of that very class? One derived from it may compute something else.
template <typename L>
bool is_a(const Layer& layer) {
  return typeid(layer) == typeid(L);
}

// The number of units that a network's input has, and where.
int unit_dim_of(Input input) { return input == Input::image || input == Input::panels ? 0 : -1; }

}  // namespace

Chain::Chain(const Signature& signature) : tokens_(signature.input == Input::tokens) {
  const int dim = unit_dim_of(signature.input);
  const int64_t units = tokens_ ? signature.vocabulary : size_at(signature.input_shape, dim);
  values_.push_back({kInput, signature.input_shape, dim, {{"", joint::same(units)}}});
  last_reader_.push_back(0);
}

std::vector<size_t> Chain::positions(const std::vector<std::string>& from) const {
  if (from.empty()) return {values_.size() - 1};
  std::vector<std::string> known;
  for (const Value& value : values_) known.push_back(value.name);
  std::vector<size_t> out;
  for (const std::string& name : from) {
    const auto found = std::find(known.begin(), known.end(), name);
    check(found != known.end(), ErrorCode::config,
          "there is no layer '" + name + "' before it; there are " + modhost::join(known),
          did_you_mean(name, known));
    out.push_back(static_cast<size_t>(found - known.begin()));
  }
  return out;
}

Chain::Value Chain::sum_of(const std::vector<size_t>& reads) const {
  Value sum = values_[reads.front()];
  for (size_t i = 1; i < reads.size(); ++i) {
    const Value& next = values_[reads[i]];
    check(next.shape == sum.shape, ErrorCode::config,
          "'" + sum.name + "' gives " + shape_text(sum.shape) + " and '" + next.name + "' gives " +
              shape_text(next.shape) + ", which cannot be added");
    sum.sources.insert(sum.sources.end(), next.sources.begin(), next.sources.end());
  }
  return sum;
}

Shape Chain::shape_of(const std::vector<std::string>& from) const {
  return sum_of(positions(from)).shape;
}

Shape Chain::probe(Layer& layer, const Shape& shape) const {
  Shape sizes{1};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  const bool tokens = tokens_ && nodes_.empty();
  const torch::NoGradGuard no_grad;
  const bool training = layer.training();
  layer.set_training(false);
  try {
    const Tensor out = layer.forward(torch::zeros(sizes, tokens ? torch::kLong : torch::kFloat));
    layer.set_training(training);
    return out.sizes().slice(1).vec();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    std::string taken = "[n";
    for (const int64_t size : shape) taken += ", " + std::to_string(size);
    throw Error(ErrorCode::shape, quoted_kind(layer) + " cannot take " + taken +
                                      "]: " + text.substr(0, text.find('\n')));
  }
}

void Chain::add_joints(const Layer& layer, const Value& read, int unit_dim) {
  const bool same_dim = unit_dim == read.unit_dim || read.shape.size() == 1;
  for (const Source& source : read.sources) {
    joint::Pairs pairs = source.pairs;
    if (!same_dim) pairs = everywhere(pairs, layer.units_in());
    joints_.push_back({source.layer, layer.name(), std::move(pairs)});
  }
}

void Chain::push(std::shared_ptr<Layer> layer, int unit_dim, const std::vector<std::string>& from) {
  const std::vector<size_t> reads = positions(from);
  Value value = sum_of(reads);
  const Shape before = value.shape;
  Shape after = probe(*layer, before);
  if (layer->units_out() > 0) {
    add_joints(*layer, value, unit_dim);
    const bool channels = unit_dim == 0 && after.size() > 1;
    value.sources = {{layer->name(), joint::same(layer->units_out())}};
    value.unit_dim = channels ? 0 : -1;
  } else if (after.size() == 1 && before.size() > 1 && product(after) == product(before)) {
    for (Source& source : value.sources) {
      source.pairs = flattened(source.pairs, before, value.unit_dim);
    }
  } else if (after.empty() || size_at(after, value.unit_dim) != size_at(before, value.unit_dim)) {
    for (Source& source : value.sources) {
      source.pairs = everywhere(source.pairs, product(after));
    }
  }
  value.name = layer->name();
  value.shape = std::move(after);
  nodes_.push_back({std::move(layer), reads});
  values_.push_back(std::move(value));
  last_reader_.push_back(nodes_.size());
  for (const size_t read : reads) last_reader_[read] = nodes_.size() - 1;
}

size_t Chain::pooling_after(size_t i) const {
  if (!is_a<nn::Conv2dLayer>(*nodes_[i].layer)) return i;
  for (size_t next = i + 1; next < nodes_.size(); ++next) {
    const bool alone =
        nodes_[next].reads == std::vector<size_t>{next} && last_reader_[next] == next;
    if (!alone) return i;
    const Layer& layer = *nodes_[next].layer;
    if (is_a<nn::MaxPool2dLayer>(layer)) return next;
    if (!is_a<nn::DropoutLayer>(layer) || layer.training()) return i;
  }
  return i;
}

Tensor Chain::operator()(const Tensor& input) const {
  std::vector<Tensor> values(values_.size());
  values[0] = input;
  LayerObserver* observer = LayerObserver::present();
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    Tensor x = values[node.reads.front()];
    for (size_t k = 1; k < node.reads.size(); ++k) x = x + values[node.reads[k]];
    for (const size_t read : node.reads) {
      if (last_reader_[read] == i) values[read] = Tensor();  // its memory is free again
    }
    const size_t pooling = observer == nullptr ? pooling_after(i) : i;
    if (pooling > i) {
      x = static_cast<nn::Conv2dLayer&>(*node.layer)
              .forward_pooled(x, static_cast<nn::MaxPool2dLayer&>(*nodes_[pooling].layer));
      i = pooling;
    } else {
      if (observer != nullptr) x = observer->instead(*node.layer, "in", x);
      x = node.layer->forward(x);
      if (observer != nullptr) x = observer->instead(*node.layer, "out", x);
    }
    values[i + 1] = std::move(x);
  }
  return values.back();
}

}  // namespace v1
}  // namespace modhost
