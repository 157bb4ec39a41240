// Options of the recurrent networks.
#pragma once

#include <modhost/option.h>

namespace modhost_rnn {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

struct RnnOptions : Options {
  Option<std::string> cell{*this, "cell", "lstm", "kind of the recurrent layers",
                           Choices{{"lstm", "gru", "rnn"}}};
  Option<int64_t> hidden{
      *this,      "hidden",
      0,          "units of each layer; 0: 256, and 200 where tokens are put out",
      AtLeast{0}, Paper{"Csordas et al. 2021, arXiv:2010.02066"}};
  Option<int64_t> layers{*this, "layers", 2, "layers on top of each other, of the decoder as well",
                         AtLeast{1}};
  Option<int64_t> embedding{*this, "embedding", 16, "features of an embedded token", AtLeast{1}};
  Option<int64_t> steps{*this, "steps", 3,
                        "a feature vector is shown at so many steps, the answer read at the last",
                        AtLeast{1}};
  Option<double> dropout{*this, "dropout", -1,
                         "drop probability on embeddings and between layers; -1: 0, and 0.5 where "
                         "tokens are put out",
                         Range{-1, 1}};
  Option<double> teacher_forcing{*this, "teacher_forcing", 0.5,
                                 "probability that a batch's decoder is fed the right tokens "
                                 "instead of its own, in training and while masks learn",
                                 Range{0, 1}};
  Option<int64_t> biases{*this, "biases", 1,
                         "1: one bias a gate; 2: one for the input and one for the state, as "
                         "PyTorch; 0: none",
                         Range{0, 2}};
  Option<std::string> init{*this, "init", "paper",
                           "paper: forget bias 1 and orthogonal cell gates for lstm, PyTorch's for "
                           "the others; pytorch: uniform within 1/sqrt(hidden)",
                           Choices{{"paper", "pytorch"}}};
};

}  // namespace modhost_rnn
