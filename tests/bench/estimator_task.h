// Networks trained on a real task, and masks trained over them: what the estimators are compared
// on.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/mask.h"
#include "modhost/model.h"

namespace modhost::bench {

using Words = std::vector<std::pair<std::string, std::string>>;  // options, as on a command line

struct EstimatorTask {
  std::string name;  // "mlp"
  std::string model;
  Words model_options;
  std::string dataset;
  Words dataset_options;
  std::string task;             // of the dataset, that the mask is for
  int64_t network_steps = 0;    // of the network's training, batches of `batch` samples
  int64_t mask_steps = 0;       // of a whole mask training
  std::vector<int64_t> points;  // steps of it after which the gradients are compared
  double alpha = 0;             // penalty of the logits
  int64_t batch = 128;
  int64_t chosen = 96;    // weights whose gradients are compared
  int64_t rows = 64;      // samples that the loss is the mean of, there
  int64_t truths = 1000;  // masks drawn for the true gradient
  int64_t draws = 4000;   // masks drawn for each estimate
};

std::vector<EstimatorTask> estimator_tasks(bool tiny);

// The task's data, and its network trained by `seed`.
struct Trained {
  std::unique_ptr<DatasetBase> data;
  std::unique_ptr<ModelBase> network;
};
Trained train_network(const EstimatorTask& task, uint64_t seed);

// So many steps of a training of masks on the task's data.
void train_masks(const EstimatorTask& task, Trained& trained, const Masks& masks,
                 Estimator estimator, int64_t steps, uint64_t seed);

}  // namespace modhost::bench
