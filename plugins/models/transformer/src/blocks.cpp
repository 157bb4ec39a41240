#include "blocks.h"

namespace modhost_transformer {

Tensor FeedForward::operator()(const Tensor& x) const {
  return linear2(dropout(activate(activation, linear1(x))));
}

Tensor EncoderLayer::operator()(const Tensor& x, const Tensor& length) const {
  const Tensor y = norm1(x + dropout1(self_attention(x, AttentionMask{false, length})));
  return norm2(y + dropout2(feedforward(y)));
}

Tensor DecoderLayer::operator()(const Tensor& x, const Tensor& memory, const Tensor& length) const {
  const Tensor y = norm1(x + dropout1(self_attention(x, AttentionMask{true, {}})));
  const Tensor z = norm2(y + dropout2(cross_attention(y, memory, AttentionMask{false, length})));
  return norm3(z + dropout3(feedforward(z)));
}

Tensor DecoderLayer::next(const Tensor& x, DecoderCache& cache, const Tensor& length) const {
  const nn::KeysValues newest = self_attention->keys_values(x);
  const bool first = !cache.own.keys.defined();
  cache.own.keys = first ? newest.keys : torch::cat({cache.own.keys, newest.keys}, 1);
  cache.own.values = first ? newest.values : torch::cat({cache.own.values, newest.values}, 1);
  const Tensor y = norm1(x + dropout1(self_attention(x, cache.own)));
  const Tensor seen = cross_attention(y, cache.memory, AttentionMask{false, length});
  const Tensor z = norm2(y + dropout2(seen));
  return norm3(z + dropout3(feedforward(z)));
}

std::vector<Layer*> DecoderLayer::layers() const {
  return {self_attention.operator->(),
          cross_attention.operator->(),
          feedforward.linear1.operator->(),
          feedforward.linear2.operator->(),
          norm1.operator->(),
          norm2.operator->(),
          norm3.operator->()};
}

void Builder::join_all(const Writers& writers, const std::string& reader, int64_t units) const {
  for (const std::string& writer : writers) join_(writer, reader, joint::same(units));
}

nn::MultiheadAttention Builder::attention(const std::string& name, const Writers& reads) const {
  nn::AttentionSettings settings;
  settings.bias = options_.attention_bias();
  settings.dropout = options_.dropout();
  const bool papers = options_.init() == "csordas2021";
  settings.init = papers ? nn::AttentionInit::csordas2021 : nn::AttentionInit::pytorch;
  join_all(reads, name, options_.features());
  return add<nn::MultiheadAttention>(name, options_.features(), options_.heads(), settings);
}

FeedForward Builder::feedforward(const std::string& name, const std::string& reads) const {
  const int64_t features = options_.features(), hidden = options_.feedforward();
  FeedForward out;
  out.activation = options_.activation();
  out.linear1 = add<nn::Linear>(name + ".linear1", features, hidden);
  out.dropout = dropout(name + ".dropout");
  out.linear2 = add<nn::Linear>(name + ".linear2", hidden, features);
  join_(reads, name + ".linear1", joint::same(features));
  join_(name + ".linear1", name + ".linear2", joint::same(hidden));
  if (options_.init() == "csordas2021") {
    const double gain = activation_gain(options_.activation());
    out.linear1->set_init("weight", init::xavier_uniform(features, hidden, gain));
    out.linear2->set_init("weight", init::xavier_uniform(hidden, features));
  }
  return out;
}

nn::LayerNorm Builder::norm(const std::string& name, const Writers& reads) const {
  join_all(reads, name, options_.features());
  const bool standard = options_.norm() == "standard";
  return add<nn::LayerNorm>(
      name, options_.features(), 1e-5,
      standard ? ops::LayerNormVariant::standard : ops::LayerNormVariant::unbiased_std);
}

nn::Dropout Builder::dropout(const std::string& name) const {
  return add<nn::Dropout>(name, options_.dropout());
}

EncoderLayer Builder::encoder_layer(const std::string& name, const std::string& reads) const {
  EncoderLayer out;
  out.self_attention = attention(name + ".self_attn", {reads});
  out.feedforward = feedforward(name, name + ".norm1");
  out.norm1 = norm(name + ".norm1", {reads, name + ".self_attn"});
  out.norm2 = norm(name + ".norm2", {name + ".norm1", name + ".linear2"});
  out.dropout1 = dropout(name + ".dropout1");
  out.dropout2 = dropout(name + ".dropout2");
  return out;
}

DecoderLayer Builder::decoder_layer(const std::string& name, const std::string& reads,
                                    const std::string& memory) const {
  DecoderLayer out;
  out.self_attention = attention(name + ".self_attn", {reads});
  out.cross_attention = attention(name + ".multihead_attn", {name + ".norm1", memory});
  out.feedforward = feedforward(name, name + ".norm2");
  out.norm1 = norm(name + ".norm1", {reads, name + ".self_attn"});
  out.norm2 = norm(name + ".norm2", {name + ".norm1", name + ".multihead_attn"});
  out.norm3 = norm(name + ".norm3", {name + ".norm2", name + ".linear2"});
  out.dropout1 = dropout(name + ".dropout1");
  out.dropout2 = dropout(name + ".dropout2");
  out.dropout3 = dropout(name + ".dropout3");
  return out;
}

}  // namespace modhost_transformer
