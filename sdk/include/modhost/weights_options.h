// The options that every model has beside its own: where its weights come from.
//
//   modhost --method diffmask --model resnet --model.weights resnet18.pth --model.rename
//   's/^net\.//'
#pragma once

#include <string>
#include <vector>

#include "modhost/option.h"

namespace modhost {
inline namespace v1 {

// The registry adds these to the options of each model, in the same section.
struct WeightsOptions : Options {
  Option<std::string> weights{
      *this, "weights", "",
      "take the network from this file instead of training it: PyTorch (.pt, .pth), TorchScript, "
      "safetensors, npz; 'modhost inspect FILE' looks into it"};
  Option<std::string> weights_key{*this, "weights_key", "",
                                  "table of the file that holds the network, such as model or "
                                  "checkpoint/net; empty: the one that plainly does"};
  Option<std::vector<std::string>> rename{
      *this,
      "rename",
      {},
      "changes of the names in the file, one after the other: s/REGEX/NEW/ as of sed"};
  Option<std::string> mask{*this, "mask", "",
                           "multiply the weights of the file by this mask: 0 and 1, or logits, of "
                           "which those above 0 are kept"};
  Option<bool> finetune{*this, "finetune", false, "train the network further from these weights"};
  Option<std::string> weights_hash{*this, "weights_hash", "",
                                   "content hash of weights and mask, written by modhost into the "
                                   "config of a run; another one is refused"};

  void validate() const override;
};

}  // namespace v1
}  // namespace modhost
