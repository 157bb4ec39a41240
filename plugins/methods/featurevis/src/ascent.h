// Inputs that drive sets of units most, found by gradient ascent: many at once, each for itself.
#pragma once

#include <modhost/model.h>
#include <modhost/progress.h>
#include <modhost/sub_clusters.h>

#include <functional>
#include <optional>
#include <vector>

#include "input_basis.h"
#include "shake.h"
#include "unit_sight.h"

namespace modhost_featurevis {

enum class Objective { magnitude, activation };

struct AscentPlan {
  Objective objective = Objective::magnitude;
  int64_t steps = 64;
  double lr = 0.05;  // of Adam (Kingma, Ba 2015)
  bool redirect = true;
  Shake shake;
  // Rows of a batch, rounded up to a multiple of 4; fewer where they need more than 1 GiB.
  int64_t at_once = 20;
  // Every batch has so many rows, the last filled up: products of matrices then give a row the same
  // bits wherever it is and whatever the others are.
  bool full = true;
  torch::Device device = torch::kCPU;
  const modhost::StopSignal* stop = nullptr;
};

// An input that is asked for: units of a layer, and what its beginning and its changes depend on.
struct Wish {
  modhost::UnitSet units;
  uint64_t seed = 0;
};

struct Vision {
  modhost::Tensor input;  // [*input shape], on the CPU
  double score = 0;       // the objective at the end
  // Of what the network puts out for it: entropy of the classes in nats (the mean over places), and
  // the likeliest class. Unset where the output is not of classes.
  std::optional<double> entropy;
  std::optional<int64_t> predicted;
  double dispersion = 0;  // deviation over the units of relu(mean before the nonlinearity)
};

// Sum over the units of each row: values, chosen [rows, units] -> [rows].
modhost::Tensor objective_of(Objective objective, const modhost::Tensor& values,
                             const modhost::Tensor& chosen);

// Entropy in nats of softmax(logits) [rows, classes] or, the mean over places, [rows, places,
// classes]: [rows] double.
modhost::Tensor prediction_entropy(const modhost::Tensor& logits);

// Of entries of values [rows, units] where chosen, as a population: [rows] double.
modhost::Tensor dispersion_of(const modhost::Tensor& values, const modhost::Tensor& chosen);

class Ascent {
 public:
  // The model is in evaluation mode and its parameters have no gradients; the first two outlive it.
  Ascent(modhost::ModelBase& model, const modhost::UnitNetwork& network, InputBasis basis,
         AscentPlan plan);

  // For units of one group of the network, in the order of the wishes. `done` hears how many
  // steps of inputs are finished. Error(interrupted) when stopped.
  std::vector<Vision> operator()(int64_t group, const std::vector<Wish>& wishes,
                                 const std::function<void(int64_t)>& done) const;

  // The objective of each wish and its gradient by the parameters [n, *basis.shape()], which have
  // any floating point type that the model has, too.
  std::pair<modhost::Tensor, modhost::Tensor> gradient(int64_t group,
                                                       const std::vector<Wish>& wishes,
                                                       const modhost::Tensor& parameters,
                                                       int64_t step) const;

 private:
  std::vector<Vision> chunk(int64_t group, const std::vector<Wish>& wishes, int64_t count,
                            const std::function<void(int64_t)>& done) const;
  std::vector<Vision> judged(int64_t group, const std::vector<Wish>& wishes, int64_t count,
                             const modhost::Tensor& inputs) const;
  int64_t batch_rows() const;
  UnitPlace place(int64_t group) const;

  modhost::ModelBase& model_;
  const modhost::UnitNetwork& network_;
  InputBasis basis_;
  AscentPlan plan_;
};

}  // namespace modhost_featurevis
