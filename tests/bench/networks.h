// The networks whose mask steps are measured: sizes, batches and clipping of the papers' sweeps.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/model.h"

namespace modhost::bench {

struct Network {
  std::string name;                                          // "fnn-2000x4"
  std::string model;                                         // the plugin's component
  std::vector<std::pair<std::string, std::string>> options;  // as on a command line
  Signature signature;
  int64_t batch = 128;
  int64_t samples = 4;               // K
  std::vector<std::string> exclude;  // parameters without a mask
  double plain_clip = 1, mask_clip = 1;
  double penalty = 0;  // of the logits, lambda / B
  int64_t repeats = 20;
};

// With `tiny` the same networks with a few units and images of a few pixels.
std::vector<Network> networks(bool tiny);
const Network& named(const std::vector<Network>& networks, const std::string& name);

// Through its plugin, as a run makes it, with initial weights.
std::unique_ptr<ModelBase> make(const Network& network);

// Random numbers in the shapes of the signature; lengths of token sequences are drawn.
Batch some_batch(const Network& network);

}  // namespace modhost::bench
