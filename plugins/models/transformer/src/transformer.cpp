// The Transformer of Vaswani et al. 2017, as encoder-decoder or as an encoder that classifies.
#include <modhost/decode.h>
#include <modhost/error.h>
#include <modhost/held_variants.h>
#include <modhost/plugin.h>
#include <modhost/read_out.h>

#include <cmath>

#include "blocks.h"

namespace modhost_transformer {
namespace {

class Transformer : public Model<TransformerOptions> {
 public:
  static Accepts accepts() {
    return {{Input::tokens, Input::sequence},
            {Output::classes, Output::digits, Output::values, Output::tokens, Output::bits}};
  }

  explicit Transformer(const Build& build) : Model(build) {
    const Builder builder(
        options(),
        [this](const std::string& name, std::shared_ptr<Layer> layer) { add_layer(name, layer); },
        [this](const std::string& from, const std::string& to, joint::Pairs pairs) {
          join(from, to, std::move(pairs));
        });
    std::string last = add_input();
    positions_ = add<nn::PositionalEncoding>("positions", features(), options().dropout());
    for (int64_t i = 0; i < options().encoder_layers(); ++i) {
      const std::string name = "encoder.layers." + std::to_string(i);
      encoder_.push_back(builder.encoder_layer(name, last));
      last = Builder::end_of_encoder(name);
    }
    if (gives_tokens()) last = add_decoder(builder, last);
    add_output(last);
  }

  // [E*b, length] or [E*b, steps, in] -> [E*b, *output]; of tokens as many as batch.target has, or
  // batch.steps.
  Tensor forward(const Batch& batch) override {
    Tensor x = positions_(signature().input == Input::tokens ? in_embedding_(batch.input)
                                                             : input_projection_(batch.input));
    for (const EncoderLayer& layer : encoder_) x = layer(x, batch.input_length);
    if (!gives_tokens()) return read_answer(signature(), output(read(x, batch.input_length)));
    return batch.target.defined() ? from_target(batch, x) : from_own_choices(batch, x);
  }

 private:
  bool gives_tokens() const { return signature().output == Output::tokens; }
  bool tied() const { return options().embeddings() == "tied"; }
  int64_t features() const { return options().features(); }
  int64_t vocabulary() const { return signature().output_shape.at(1); }  // of the output

  // Returns the layer that gives the features of a position.
  std::string add_input() {
    if (signature().input != Input::tokens) {
      const int64_t in = signature().input_shape.at(1);
      input_projection_ = add<nn::Linear>("input_projection", in, features());
      join("", "input_projection", joint::same(in));
      return "input_projection";
    }
    in_embedding_ = add<nn::Embedding>("in_embedding", signature().vocabulary, features());
    join("", "in_embedding", joint::same(signature().vocabulary));
    return "in_embedding";
  }

  std::string add_decoder(const Builder& builder, const std::string& memory) {
    std::string last = "in_embedding";
    if (tied()) {
      check(signature().input == Input::tokens && signature().vocabulary == vocabulary(),
            ErrorCode::config,
            "option 'model.embeddings': tied needs the same tokens in and out; " +
                signature().text() + " has " + std::to_string(signature().vocabulary) + " and " +
                std::to_string(vocabulary()));
      out_embedding_ = in_embedding_;
    } else {
      last = "out_embedding";
      out_embedding_ = add<nn::Embedding>(last, vocabulary(), features());
    }
    join("output_projection", last, joint::same(vocabulary()));
    out_positions_ = add<nn::PositionalEncoding>("out_positions", features(), options().dropout());
    for (int64_t i = 0; i < options().decoder_layers(); ++i) {
      const std::string name = "decoder.layers." + std::to_string(i);
      decoder_.push_back(builder.decoder_layer(name, last, memory));
      last = Builder::end_of_decoder(name);
    }
    return last;
  }

  void add_output(const std::string& last) {
    const std::string name = "output_projection";
    join(last, name, joint::same(features()));
    if (gives_tokens() && tied()) {
      const double scale = 1 / std::sqrt(static_cast<double>(features()));
      tied_output_ = add<nn::TiedLinear>(name, *in_embedding_.layer(), scale);
      return;
    }
    const int64_t out = gives_tokens() ? vocabulary() : signature().step_size();
    output_ = add<nn::Linear>(name, features(), out);
    if (options().init() == "csordas2021") {
      output_->set_init("weight", init::xavier_uniform(features(), out));
    }
  }

  Tensor output(const Tensor& x) const { return tied_output_ ? tied_output_(x) : output_(x); }

  // [E*b, t, D] -> [E*b, s, D]
  Tensor read(const Tensor& x, const Tensor& length) const {
    if (options().pooling() == "last" || !signature().read_steps.empty()) {
      return read_states(signature(), x, length);
    }
    if (!length.defined()) return x.mean(1, true);
    const Tensor inside =
        (torch::arange(x.size(1), length.options()) < length.unsqueeze(1)).unsqueeze(2);
    return (x * inside).sum(1, true) / length.view({-1, 1, 1});
  }

  Tensor from_target(const Batch& batch, const Tensor& memory) const {
    Tensor x = out_positions_(out_embedding_(decode::fed(batch.target, vocabulary())));
    for (const DecoderLayer& layer : decoder_) x = layer(x, memory, batch.input_length);
    return output(x);
  }

  // Each position is computed once; its keys and values are kept for the later ones.
  Tensor from_own_choices(const Batch& batch, const Tensor& memory) const {
    std::vector<Layer*> layers{out_embedding_.operator->()};
    if (output_) layers.push_back(output_.operator->());
    std::vector<DecoderCache> caches(decoder_.size());
    for (const DecoderLayer& layer : decoder_) {
      const auto own = layer.layers();
      layers.insert(layers.end(), own.begin(), own.end());
    }
    const torch::NoGradGuard no_grad;
    const HeldVariants held(layers);
    for (size_t i = 0; i < decoder_.size(); ++i) {
      caches[i].memory = decoder_[i].cross_attention->keys_values(memory);
    }
    const auto step = [&](const Tensor& token, int64_t place) {
      Tensor x = out_positions_(out_embedding_(token.unsqueeze(1)), place);
      for (size_t i = 0; i < decoder_.size(); ++i) {
        x = decoder_[i].next(x, caches[i], batch.input_length);
      }
      return output(x).squeeze(1);
    };
    const Tensor first = torch::full({batch.size()}, vocabulary() - 1,
                                     torch::dtype(torch::kLong).device(batch.input.device()));
    return decode::greedy(first, batch.steps, vocabulary(), step);
  }

  nn::Embedding in_embedding_, out_embedding_;
  nn::Linear input_projection_, output_;
  nn::TiedLinear tied_output_;
  nn::PositionalEncoding positions_, out_positions_;
  std::vector<EncoderLayer> encoder_;
  std::vector<DecoderLayer> decoder_;
};

}  // namespace
}  // namespace modhost_transformer

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_transformer::Transformer>(
          "transformer", "encoder-decoder of tokens, or an encoder that classifies sequences")
      .paper("Vaswani et al. 2017, arXiv:1706.03762; sizes of Csordas et al. 2021")
      .suggest("dataset.name", "scan");
}
