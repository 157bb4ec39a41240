// Options of the Transformer.
#pragma once

#include <modhost/activation.h>
#include <modhost/option.h>

namespace modhost_transformer {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

struct TransformerOptions : Options {
  Option<int64_t> features{*this,      "features",
                           100,        "size of each position",
                           AtLeast{1}, Paper{"Csordas et al. 2021, arXiv:2010.02066: SCAN"}};
  Option<int64_t> heads{*this, "heads", 4, "attention heads", AtLeast{1}};
  Option<int64_t> encoder_layers{*this, "encoder_layers", 3, "layers that read", AtLeast{0}};
  Option<int64_t> decoder_layers{*this, "decoder_layers", 3,
                                 "layers that write, where tokens are put out", AtLeast{1}};
  Option<int64_t> feedforward{*this, "feedforward", 200, "hidden units of each layer", AtLeast{1}};
  Option<std::string> activation{*this, "activation", "relu", "of the hidden units", activations()};
  Option<double> dropout{*this, "dropout", 0.1,
                         "drop probability on inputs, attention weights, hidden units and results",
                         Range{0, 1}};
  Option<std::string> embeddings{
      *this, "embeddings", "separate",
      "separate: of what comes in, and of what goes out; tied: one table "
      "for both and for the output layer, whose logits are scaled by "
      "1/sqrt(features)",
      Choices{{"separate", "tied"}}};
  Option<std::string> norm{*this, "norm", "unbiased_std",
                           "layer normalisation: unbiased_std as in the code of Csordas et al. "
                           "2021, or standard",
                           Choices{{"unbiased_std", "standard"}}};
  Option<bool> attention_bias{*this, "attention_bias", false, "biases in the attention layers"};
  Option<std::string> init{*this, "init", "csordas2021",
                           "csordas2021: each projection Xavier-uniform on its own, with gain "
                           "sqrt(2) before a relu; pytorch: as its Transformer layers",
                           Choices{{"csordas2021", "pytorch"}}};
  Option<std::string> pooling{*this, "pooling", "mean",
                              "what a classifier reads: the mean over all positions, or the last "
                              "one; places that name a step are read there",
                              Choices{{"mean", "last"}}};
};

}  // namespace modhost_transformer
