// Embeddings of tokens, and the output layer that shares their weights.
#pragma once

#include <cstdint>

#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

struct EmbeddingOptions : Options {
  Option<int64_t> tokens{*this, "tokens", 1, "size of the vocabulary", AtLeast{1}};
  Option<int64_t> features{*this, "features", 1, "features of a token", AtLeast{1}};
  Option<int64_t> padding{*this, "padding", -1,
                          "token whose features stay zero in training; -1: none", AtLeast{-1}};
};
// Rows of a table: tokens [E*b, ...] int64 -> [E*b, ..., features]. The parameter `weight` [tokens,
// features] starts as N(0, 1), with zeros for the padding token, whose row has no gradient. An
// input unit is a token.
class EmbeddingLayer : public Layer {
 public:
  using OptionsType = EmbeddingOptions;
  static constexpr int64_t kNoPadding = -1;
  EmbeddingLayer(int64_t tokens, int64_t features, int64_t padding = kNoPadding);
  explicit EmbeddingLayer(const EmbeddingOptions& options);
  // Error(data) for a token that is not in the table.
  Tensor forward(const Tensor& tokens) override;

  const Parameter& weight() const { return weight_; }

 private:
  int64_t padding_;
  Parameter weight_;
};

// y = scale x W^T + b with the table W of an embedding (Press, Wolf 2017), which has to be in the
// model before: [E*b, ..., features] -> [E*b, ..., tokens]. Variants of the table hold for both.
// Made from another layer, so not in the registry.
class TiedLinearLayer : public Layer {
 public:
  explicit TiedLinearLayer(const EmbeddingLayer& embedding, double scale = 1, bool bias = false);
  Tensor forward(const Tensor& x) override;

 private:
  double scale_;
  Parameter weight_;  // [tokens, features], the embedding's
  Parameter bias_;    // [tokens]
};

using Embedding = Handle<EmbeddingLayer>;
using TiedLinear = Handle<TiedLinearLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
