// Recurrent networks: an encoder, and a linear layer or a decoder behind it.
#include <modhost/decode.h>
#include <modhost/error.h>
#include <modhost/held_variants.h>
#include <modhost/model.h>
#include <modhost/plugin.h>
#include <modhost/random.h>
#include <modhost/read_out.h>

#include <algorithm>

#include "rnn_options.h"

namespace modhost_rnn {
namespace {

using Recurrent = Handle<nn::RecurrentLayer>;

class Rnn : public Model<RnnOptions> {
 public:
  static Accepts accepts() {
    return {{Input::features, Input::sequence, Input::tokens},
            {Output::classes, Output::digits, Output::values, Output::tokens, Output::bits}};
  }

  explicit Rnn(const Build& build) : Model(build) {
    const int64_t width = add_input();
    encoder_ = recurrent("encoder", width);
    if (gives_tokens()) {
      const int64_t embedding = options().embedding();
      out_embedding_ = add<nn::Embedding>("out_embedding", vocabulary(), embedding);
      out_dropout_ = add<nn::Dropout>("out_dropout", dropout());
      decoder_ = recurrent("decoder", embedding);
      join("output_projection", "out_embedding", joint::same(vocabulary()));
      join("out_embedding", "decoder", joint::same(embedding));
    }
    out_ = add<nn::Linear>("output_projection", hidden(),
                           gives_tokens() ? vocabulary() : signature().step_size());
    join(gives_tokens() ? "decoder" : "encoder", "output_projection", joint::same(hidden()));
  }

  // [E*b, ...] -> [E*b, *output]; of tokens as many as batch.target has, or batch.steps.
  Tensor forward(const Batch& batch) override {
    const nn::RecurrentOutput seen =
        encoder_(input_of(batch), nn::RecurrentState{}, batch.input_length);
    if (gives_tokens()) return decoded(batch, seen.state);
    return read_answer(signature(), out_(read_states(signature(), seen.y, batch.input_length)));
  }

 private:
  bool gives_tokens() const { return signature().output == Output::tokens; }
  int64_t vocabulary() const { return signature().output_shape.at(1); }  // of the output
  int64_t hidden() const {
    return options().hidden() > 0 ? options().hidden() : gives_tokens() ? 200 : 256;
  }
  double dropout() const {
    return options().dropout() >= 0 ? options().dropout() : gives_tokens() ? 0.5 : 0;
  }

  // Returns the features of a step.
  int64_t add_input() {
    int64_t width = signature().input_shape.back();
    if (signature().input == Input::tokens) {
      width = options().embedding();
      in_embedding_ = add<nn::Embedding>("in_embedding", signature().vocabulary, width);
      in_dropout_ = add<nn::Dropout>("in_dropout", dropout());
      join("", "in_embedding", joint::same(signature().vocabulary));
    }
    join(in_embedding_ ? "in_embedding" : "", "encoder", joint::same(width));
    return width;
  }

  Recurrent recurrent(const std::string& name, int64_t in) {
    const std::string& kind = options().cell();
    const auto cell = kind == "lstm"  ? nn::RecurrentCell::lstm
                      : kind == "gru" ? nn::RecurrentCell::gru
                                      : nn::RecurrentCell::rnn_tanh;
    nn::RecurrentSettings settings;
    settings.layers = options().layers();
    settings.biases = options().biases();
    settings.dropout = dropout();
    const bool papers = options().init() == "paper" && cell == nn::RecurrentCell::lstm;
    if (papers) settings.init = nn::RecurrentInit::csordas2021;
    return add<Recurrent>(name, cell, in, hidden(), settings);
  }

  // [E*b, steps, width]
  Tensor input_of(const Batch& batch) const {
    const Tensor& x = batch.input;
    if (signature().input == Input::tokens) return in_dropout_(in_embedding_(x));
    if (signature().input == Input::sequence) return x;
    return x.unsqueeze(1).expand({x.size(0), options().steps(), x.size(1)});
  }

  // The encoder's last state is the decoder's first. [E*b, length, vocabulary]
  Tensor decoded(const Batch& batch, const nn::RecurrentState& start) {
    if (!batch.target.defined()) return from_own_choices(batch, start, batch.steps);
    const std::vector<bool> forced = coins();
    const auto heads = std::count(forced.begin(), forced.end(), true);
    if (heads == 0) return from_own_choices(batch, start, batch.target.size(1));
    const Tensor taught = from_target(batch.target, start);
    if (heads == static_cast<std::ptrdiff_t>(forced.size())) return taught;
    // Networks trained together throw a coin each.
    const Tensor own = from_own_choices(batch, start, batch.target.size(1));
    const auto parts = static_cast<int64_t>(forced.size());
    const std::vector<Tensor> ways[] = {own.chunk(parts), taught.chunk(parts)};
    std::vector<Tensor> chosen;
    for (size_t part = 0; part < forced.size(); ++part) chosen.push_back(ways[forced[part]][part]);
    return torch::cat(chosen);
  }

  // Is the decoder of this part of the batch fed the target? One coin for each seed of the noise.
  std::vector<bool> coins() const {
    std::vector<bool> forced;
    for (const uint64_t seed : noise().seeds) {
      RandomStream random(derive_seed(derive_seed(seed, "teacher forcing"), noise().step));
      forced.push_back(random.uniform() < options().teacher_forcing());
    }
    return forced;
  }

  Tensor from_target(const Tensor& target, const nn::RecurrentState& start) {
    renew_noise();
    const Tensor x = out_dropout_(out_embedding_(decode::fed(target, vocabulary())));
    return out_(decoder_(x, start, Tensor()).y);
  }

  Tensor from_own_choices(const Batch& batch, nn::RecurrentState state, int64_t steps) {
    renew_noise();
    const HeldVariants held(
        {out_embedding_.operator->(), decoder_.operator->(), out_.operator->()});
    const auto step = [&](const Tensor& token, int64_t) {
      const Tensor x = out_dropout_(out_embedding_(token.unsqueeze(1)));
      nn::RecurrentOutput next = decoder_(x, state, Tensor());
      state = std::move(next.state);
      return out_(next.y.squeeze(1));
    };
    const Tensor first = torch::full({batch.size()}, vocabulary() - 1,
                                     torch::dtype(torch::kLong).device(batch.input.device()));
    return batch.target.defined() ? decode::free_running(first, steps, vocabulary(), step)
                                  : decode::greedy(first, steps, vocabulary(), step);
  }

  // A way of decoding draws the same dropout whether or not the other way was taken as well.
  void renew_noise() {
    decoder_->set_noise(noise());
    out_dropout_->set_noise(noise());
  }

  nn::Embedding in_embedding_, out_embedding_;
  nn::Dropout in_dropout_, out_dropout_;
  Recurrent encoder_, decoder_;
  nn::Linear out_;
};

}  // namespace
}  // namespace modhost_rnn

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_rnn::Rnn>("rnn",
                               "recurrent classifiers of sequences, encoder-decoders of tokens")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021, arXiv:2010.02066")
      .suggest("dataset.name", "tuple_arithmetic");
}
