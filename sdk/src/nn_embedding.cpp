#include "modhost/nn_embedding.h"

#include "input_check.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

Init table_init(int64_t tokens, int64_t padding) {
  if (padding == EmbeddingLayer::kNoPadding) return init::normal(1);
  return init::blocks({{padding, init::normal(1)},
                       {1, init::constant(0)},
                       {tokens - padding - 1, init::normal(1)}});
}

}  // namespace

EmbeddingLayer::EmbeddingLayer(int64_t tokens, int64_t features, int64_t padding)
    : Layer("embedding", tokens, features), padding_(padding) {
  check(padding < tokens, ErrorCode::config,
        "embedding: the padding token " + std::to_string(padding) + " is not below " +
            std::to_string(tokens) + ", the size of the vocabulary");
  weight_ = parameter("weight", {tokens, features}, table_init(tokens, padding));
  feeds({weight_, 1, 0});
}

EmbeddingLayer::EmbeddingLayer(const EmbeddingOptions& options)
    : EmbeddingLayer(options.tokens(), options.features(), options.padding()) {}

Tensor EmbeddingLayer::forward(const Tensor& tokens) {
  if (tokens.scalar_type() != torch::kLong || tokens.dim() < 1) {
    detail::refuse_input(*this, tokens, "tokens [n, ...] of type Long", true);
  }
  return ops::embedding(tokens, weight_.get(), padding_);
}

TiedLinearLayer::TiedLinearLayer(const EmbeddingLayer& embedding, double scale, bool bias)
    : Layer("tied_linear", embedding.units_out(), embedding.units_in()), scale_(scale) {
  weight_ = shared(embedding.weight());
  feeds({weight_, 0, 1});
  if (!bias) return;
  bias_ = parameter("bias", {units_out()}, init::constant(0));
  feeds({bias_, 0});
}

Tensor TiedLinearLayer::forward(const Tensor& x) {
  detail::check_input(*this, x, x.dim() >= 2 && x.size(-1) == units_in(),
                      [&] { return "[n, ..., " + std::to_string(units_in()) + "]"; });
  return ops::linear(scale_ == 1 ? x : x * scale_, weight_.get(), bias_.get());
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
