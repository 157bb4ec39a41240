#include "sample_order.h"

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace detail {

SampleOrder::SampleOrder(const TrainTask& task, const TrainPlan& plan)
    : task_(task), batch_size_(plan.batch_size), epochs_(task.seeds.size()) {
  check(task.data.size() == 1 || task.data.size() == task.seeds.size(), ErrorCode::internal,
        "training '" + task.name + "' has data for " + std::to_string(task.data.size()) + " of " +
            std::to_string(task.seeds.size()) + " networks");
  for (const auto& data : task.data) {
    check(data->size() >= plan.batch_size, ErrorCode::config,
          "training '" + task.name + "' has " + std::to_string(data->size()) + " " + task.unit +
              ", less than one batch of " + std::to_string(plan.batch_size),
          "lower the batch size or take more data");
  }
  const bool counts_epochs = plan.steps == 0 || plan.patience > 0 || !plan.milestones.empty() ||
                             plan.gamma != 1 || plan.prune.on();
  check(same_epochs() || !counts_epochs, ErrorCode::config,
        "training '" + task.name + "' joins data of different sizes, whose epochs differ",
        "count in steps, without milestones, gamma, patience and pruning, or train one after the "
        "other");
}

const Source& SampleOrder::data_of(int64_t network) const {
  return *task_.data[task_.data.size() == 1 ? 0 : static_cast<size_t>(network)];
}

bool SampleOrder::same_epochs() const {
  for (size_t network = 1; network < task_.data.size(); ++network) {
    if (steps_of(static_cast<int64_t>(network)) != steps_of(0)) return false;
  }
  return true;
}

int64_t SampleOrder::total_steps(const TrainPlan& plan) const {
  return plan.steps > 0 ? plan.steps : plan.epochs * steps_per_epoch();
}

std::vector<int64_t> SampleOrder::samples(int64_t step, int64_t network) {
  Epoch& epoch = epochs_[static_cast<size_t>(network)];
  if (const int64_t number = step / steps_of(network); number != epoch.number) {
    const uint64_t seed = task_.seeds[static_cast<size_t>(network)];
    epoch.order =
        permutation(data_of(network).size(), derive_seed(seed, static_cast<uint64_t>(number)));
    epoch.number = number;
  }
  const auto first = epoch.order.begin() + step % steps_of(network) * batch_size_;
  return {first, first + batch_size_};
}

Batch SampleOrder::load(int64_t step, const std::vector<int64_t>& networks) {
  std::vector<int64_t> all;
  std::vector<uint64_t> draws;
  std::vector<Batch> parts;
  for (const int64_t network : networks) {
    const std::vector<int64_t> own = samples(step, network);
    const uint64_t draw =
        derive_seed(task_.seeds[static_cast<size_t>(network)],
                    "draw " + std::to_string(epochs_[static_cast<size_t>(network)].number));
    if (task_.data.size() > 1) {
      parts.push_back(data_of(network).drawn(own, std::vector<uint64_t>(own.size(), draw)));
    } else {
      all.insert(all.end(), own.begin(), own.end());
      draws.insert(draws.end(), own.size(), draw);
    }
  }
  return parts.empty() ? task_.data.front()->drawn(all, draws) : concatenated(parts);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
