#include "modhost/nn_attention.h"

#include <cmath>

#include "fan_in.h"
#include "input_check.h"
#include "modhost/error.h"
#include "modhost/ops.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

AttentionSettings settings_of(const MultiheadAttentionOptions& options) {
  AttentionSettings settings;
  settings.bias = options.bias();
  settings.dropout = options.dropout();
  settings.causal = options.causal();
  settings.init = options.init() == "pytorch" ? AttentionInit::pytorch : AttentionInit::csordas2021;
  return settings;
}

// [length, features]: features 2i and 2i+1 are sine and cosine of one wave.
Tensor waves(int64_t length, int64_t features) {
  const Tensor position = torch::arange(length, torch::kDouble).unsqueeze(1);
  const Tensor even = torch::arange(0, features, 2, torch::kDouble);
  const Tensor angle =
      position * torch::exp(even * (-std::log(10000.0) / static_cast<double>(features)));
  return torch::stack({torch::sin(angle), torch::cos(angle)}, 2)
      .flatten(1)
      .narrow(1, 0, features)
      .contiguous();
}

}  // namespace

MultiheadAttentionLayer::MultiheadAttentionLayer(int64_t features, int64_t heads,
                                                 AttentionSettings settings)
    : Layer("multihead_attention", features, features), heads_(heads), settings_(settings) {
  check(heads > 0 && features % heads == 0, ErrorCode::config,
        "multihead_attention: " + std::to_string(features) + " features do not divide into " +
            std::to_string(heads) + " heads");
  group("heads", features);
  const bool own = settings.init == AttentionInit::csordas2021;
  const Init square = init::xavier_uniform(features, features);
  in_weight_ = parameter("in_proj_weight", {3 * features, features},
                         own ? square : init::xavier_uniform(features, 3 * features));
  if (settings.bias) in_bias_ = parameter("in_proj_bias", {3 * features}, init::constant(0));
  out_weight_ = parameter("out_proj.weight", {features, features},
                          own ? square : init::kaiming_uniform(features));
  if (settings.bias) out_bias_ = parameter("out_proj.bias", {features}, init::constant(0));
  feeds({in_weight_, 0, 1, "heads", "in"});
  feeds({in_bias_, 0, Wiring::kNone, "heads"});
  feeds({out_weight_, 0, 1, "out", "heads"});
  feeds({out_bias_, 0});
}

MultiheadAttentionLayer::MultiheadAttentionLayer(const MultiheadAttentionOptions& options)
    : MultiheadAttentionLayer(detail::given("multihead_attention", options.features),
                              options.heads(), settings_of(options)) {}

Tensor MultiheadAttentionLayer::forward(const Tensor& x) {
  return forward(x, AttentionMask{settings_.causal, {}});
}

Tensor MultiheadAttentionLayer::forward(const Tensor& x, const AttentionMask& mask) {
  return forward(x, x, x, mask);
}

Tensor MultiheadAttentionLayer::forward(const Tensor& x, const Tensor& memory,
                                        const AttentionMask& mask) {
  return forward(x, memory, memory, mask);
}

Tensor MultiheadAttentionLayer::forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                        const AttentionMask& mask) {
  for (const Tensor* x : {&query, &key, &value}) check_positions(*x);
  const std::vector<Tensor> qkv = projected(query, key, value);
  return attend(qkv[0], qkv[1], qkv[2], mask);
}

KeysValues MultiheadAttentionLayer::keys_values(const Tensor& memory) {
  check_positions(memory);
  const std::vector<int64_t> counts{units_in(), 2 * units_in()};
  const auto weights = ops::split_rows(in_weight_.get(), counts);
  const auto biases = ops::split_rows(in_bias_.get(), counts);
  const std::vector<Tensor> both = ops::linear(memory, weights[1], biases[1]).chunk(2, -1);
  return {both[0], both[1]};
}

Tensor MultiheadAttentionLayer::forward(const Tensor& query, const KeysValues& seen,
                                        const AttentionMask& mask) {
  check_positions(query);
  const std::vector<int64_t> counts{units_in(), 2 * units_in()};
  const auto weights = ops::split_rows(in_weight_.get(), counts);
  const auto biases = ops::split_rows(in_bias_.get(), counts);
  return attend(ops::linear(query, weights[0], biases[0]), seen.keys, seen.values, mask);
}

void MultiheadAttentionLayer::check_positions(const Tensor& x) const {
  detail::check_input(*this, x, x.dim() == 3 && x.size(2) == units_in(),
                      [&] { return "[n, positions, " + std::to_string(units_in()) + "]"; });
}

Tensor MultiheadAttentionLayer::attend(const Tensor& query, const Tensor& keys,
                                       const Tensor& values, const AttentionMask& mask) {
  const auto on_weights = [&](const Tensor& weights) { return drop(weights, settings_.dropout); };
  const Tensor seen = ops::attention(query, keys, values, heads_, mask, on_weights);
  show("heads", seen);
  return ops::linear(seen, out_weight_.get(), out_bias_.get());
}

// Equal inputs share one product.
std::vector<Tensor> MultiheadAttentionLayer::projected(const Tensor& query, const Tensor& key,
                                                       const Tensor& value) {
  const int64_t width = units_in();
  if (query.is_same(key) && key.is_same(value)) {
    return ops::linear(query, in_weight_.get(), in_bias_.get()).chunk(3, -1);
  }
  const bool shared = key.is_same(value);
  const std::vector<int64_t> counts =
      shared ? std::vector<int64_t>{width, 2 * width} : std::vector<int64_t>(3, width);
  const auto weights = ops::split_rows(in_weight_.get(), counts);
  const auto biases = ops::split_rows(in_bias_.get(), counts);
  std::vector<Tensor> out{ops::linear(query, weights[0], biases[0])};
  if (shared) {
    const std::vector<Tensor> both = ops::linear(key, weights[1], biases[1]).chunk(2, -1);
    out.insert(out.end(), both.begin(), both.end());
  } else {
    out.push_back(ops::linear(key, weights[1], biases[1]));
    out.push_back(ops::linear(value, weights[2], biases[2]));
  }
  return out;
}

PositionalEncodingLayer::PositionalEncodingLayer(int64_t features, double dropout, int64_t length)
    : Layer("positional_encoding", 0, 0), dropout_(dropout), table_(waves(length, features)) {}

PositionalEncodingLayer::PositionalEncodingLayer(const PositionalEncodingOptions& options)
    : PositionalEncodingLayer(detail::given("positional_encoding", options.features),
                              options.dropout(), options.length()) {}

Tensor PositionalEncodingLayer::forward(const Tensor& x) { return forward(x, 0); }

Tensor PositionalEncodingLayer::forward(const Tensor& x, int64_t first) {
  const int64_t length = table_.size(0), features = table_.size(1);
  detail::check_input(
      *this, x, x.dim() == 3 && x.size(2) == features && first + x.size(1) <= length, [&] {
        return "[n, positions, " + std::to_string(features) + "] with positions " +
               std::to_string(first) + " .. " + std::to_string(length - 1) + " at most";
      });
  const Tensor rows = table_.narrow(0, first, x.size(1)).to(x.device(), x.scalar_type());
  return drop(x + rows, dropout_);
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
