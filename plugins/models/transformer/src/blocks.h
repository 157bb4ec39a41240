// The layers of a Transformer, with layer normalisation after each residual sum (Vaswani et al.
// 2017): x = norm(x + dropout(part(x))).
#pragma once

#include <modhost/model.h>

#include <functional>
#include <string>

#include "transformer_options.h"

namespace modhost_transformer {

// One that acts on all positions alike: W2 dropout(f(W1 x)).
struct FeedForward {
  nn::Linear linear1, linear2;
  nn::Dropout dropout;
  std::string activation;
  Tensor operator()(const Tensor& x) const;
};

struct EncoderLayer {
  nn::MultiheadAttention self_attention;
  FeedForward feedforward;
  nn::LayerNorm norm1, norm2;
  nn::Dropout dropout1, dropout2;
  // x: [E*b, t, D]; length: [E*b] or undefined
  Tensor operator()(const Tensor& x, const Tensor& length) const;
};

// What a decoder layer remembers of earlier positions, and of the encoder's result.
struct DecoderCache {
  nn::KeysValues own, memory;
};

struct DecoderLayer {
  nn::MultiheadAttention self_attention, cross_attention;
  FeedForward feedforward;
  nn::LayerNorm norm1, norm2, norm3;
  nn::Dropout dropout1, dropout2, dropout3;
  // All positions at once. x: [E*b, t, D], memory: [E*b, s, D]; length: of the memory
  Tensor operator()(const Tensor& x, const Tensor& memory, const Tensor& length) const;
  // The next position alone, x: [E*b, 1, D]. `cache` begins with the memory's keys and values.
  Tensor next(const Tensor& x, DecoderCache& cache, const Tensor& length) const;
  // Everything with weights.
  std::vector<Layer*> layers() const;
};

// Names of layers whose outputs are added up.
using Writers = std::vector<std::string>;

// Adds layers to a model and joins them. The model's add and join are its own, so it lends them.
class Builder {
 public:
  using AddLayer = std::function<void(const std::string&, std::shared_ptr<Layer>)>;
  using Join = std::function<void(const std::string&, const std::string&, joint::Pairs)>;
  Builder(const TransformerOptions& options, AddLayer add, Join join)
      : options_(options), add_(std::move(add)), join_(std::move(join)) {}

  // `name`: "encoder.layers.0"; names within are those of PyTorch's Transformer layers.
  EncoderLayer encoder_layer(const std::string& name, const std::string& reads) const;
  DecoderLayer decoder_layer(const std::string& name, const std::string& reads,
                             const std::string& memory) const;
  // Of the layer `name`: what the next one reads.
  static std::string end_of_encoder(const std::string& name) { return name + ".norm2"; }
  static std::string end_of_decoder(const std::string& name) { return name + ".norm3"; }

 private:
  template <typename H, typename... Args>
  H add(const std::string& name, Args&&... args) const {
    H handle = H::make(std::forward<Args>(args)...);
    add_(name, handle.layer());
    return handle;
  }
  nn::MultiheadAttention attention(const std::string& name, const Writers& reads) const;
  FeedForward feedforward(const std::string& name, const std::string& reads) const;
  nn::LayerNorm norm(const std::string& name, const Writers& reads) const;
  nn::Dropout dropout(const std::string& name) const;
  void join_all(const Writers& writers, const std::string& reader, int64_t units) const;

  const TransformerOptions& options_;
  AddLayer add_;
  Join join_;
};

}  // namespace modhost_transformer
