// Loss and accuracy of a network on a collection of samples.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "modhost/model.h"
#include "modhost/progress.h"

namespace modhost {
inline namespace v1 {

struct Evaluation {
  double loss = 0;
  double accuracy = 0;  // 0 .. 1
  int64_t samples = 0;
  std::map<std::string, double> group_accuracy;  // by Source::groups(), when there are any
  // By Source::output_groups(), of real values: the mean of half the squared error over its
  // outputs.
  std::map<std::string, double> output_group_loss;
  Tensor confusion;  // [classes, classes] int64: samples by true class (row) and predicted one
  // [groups or 1, alternatives + 1] int64: samples by group (row) and the alternatives under which
  // the output is right, in the last column under none. One that is right under several counts in
  // each, as in the confusion of operations of Csordas et al. 2021.
  Tensor answers;
};

struct EvaluateOptions {
  int64_t batch_size = 100;
  int64_t limit = 0;  // evaluate the first `limit` samples only; 0: all
  torch::Device device = torch::kCPU;
  const StopSignal* stop = nullptr;
  bool confusion = false;  // of classes
  bool answers = false;    // by Source::alternatives(), when there are any
  // The network is given each sample once: a LayerObserver makes the rows of the variants.
  bool spread = false;
  bool loss = true;  // false: Evaluation::loss stays 0, where there is an accuracy to look at
};

// In evaluation mode, without gradients, with `variations` applied to E = `size` variants: one
// result each, from one forward per batch. Every sample weighs the same, also in a short last
// batch.
std::vector<Evaluation> evaluate(ModelBase& model, const Source& source, int64_t size,
                                 const Variations& variations, const EvaluateOptions& options);

// The plain network.
Evaluation evaluate(ModelBase& model, const Source& source, const EvaluateOptions& options);

}  // namespace v1
}  // namespace modhost
