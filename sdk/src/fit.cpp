#include "fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "modhost/error.h"
#include "network_rows.h"
#include "number_text.h"
#include "pruning_phase.h"
#include "update_once.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kMetricsLines = 50;  // about so many lines of metrics a training

// What most plans lack is not said, so that their text stays as short as it is.
void append_kernel_plan(std::vector<std::string>& parts, const TrainPlan& plan) {
  const auto add = [&](const std::string& what, const std::vector<double>& numbers) {
    parts.push_back(what);
    for (const double number : numbers) parts.push_back(shortest_text(number));
  };
  const auto number = [](int64_t value) { return static_cast<double>(value); };
  if (plan.l1 != 0 || plan.l2 != 0) add("size", {plan.l1, plan.l2});
  if (const PrunePlan& prune = plan.prune; prune.on()) {
    add("prune " + prune.schedule, {prune.sparsity, prune.start_sparsity, number(prune.epochs),
                                    number(prune.every), number(prune.fresh_optimizer)});
  }
  if (const ModularInit& init = plan.init; init.modules > 0) {
    add("init", {number(init.modules), init.down, number(init.first)});
  }
  if (const ClusterPenalty& penalty = plan.clusterability; penalty.weight != 0) {
    add("clusterability", {penalty.weight, number(penalty.eigenvalues), number(penalty.every),
                           number(penalty.normalize)});
  }
}

std::string plan_text(const TrainTask& task, const TrainPlan& plan) {
  std::vector<std::string> parts{plan.optimizer};
  for (const double number : {plan.lr, plan.weight_decay, plan.momentum, plan.beta1, plan.beta2,
                              plan.eps, plan.clip_norm, plan.linear_penalty, plan.decay}) {
    parts.push_back(shortest_text(number));
  }
  for (const int64_t number :
       {plan.epochs, plan.batch_size, plan.steps, plan.warmup_steps, plan.patience}) {
    parts.push_back(std::to_string(number));
  }
  for (const int64_t epoch : plan.milestones) parts.push_back(std::to_string(epoch));
  for (const uint64_t seed : task.seeds) parts.push_back("seed " + std::to_string(seed));
  for (const auto& data : task.data) parts.push_back("samples " + std::to_string(data->size()));
  if (plan.gamma != 1) parts.push_back("gamma " + shortest_text(plan.gamma));
  append_kernel_plan(parts, plan);
  return join(parts, " ");
}

std::vector<int64_t> counted(int64_t count) {
  std::vector<int64_t> out(static_cast<size_t>(count));
  std::iota(out.begin(), out.end(), int64_t{0});
  return out;
}

template <typename T>
std::vector<T> chosen(const std::vector<T>& from, const std::vector<int64_t>& positions) {
  std::vector<T> out;
  for (const int64_t position : positions) out.push_back(from[static_cast<size_t>(position)]);
  return out;
}

}  // namespace

Fit::Fit(const TrainTask& task, const TrainPlan& plan, std::filesystem::path path,
         const Surroundings& around)
    : task_(task),
      plan_(plan),
      path_(std::move(path)),
      around_(around),
      optimizer_(task.trained, plan, static_cast<int64_t>(task.seeds.size()), task.kernels),
      samples_(task, plan),
      steps_per_epoch_(samples_.steps_per_epoch()),
      total_steps_(samples_.total_steps(plan)),
      pruning_steps_(pruning_steps(plan.prune, total_steps_, steps_per_epoch_, task.name)),
      going_on_(counted(networks())) {
  line_steps_ = std::max<int64_t>(1, (total_steps_ + kMetricsLines - 1) / kMetricsLines);
  check(!plan.prune.on() || plan.patience == 0, ErrorCode::config,
        "training '" + task.name + "' cannot both prune and return to its best epoch");
  check(!task.at_point || !together(), ErrorCode::internal,
        "training '" + task.name + "' is to be followed, and it is of several networks");
  optimizer_.keep_zeros(task.kept);
  state_.plan = plan_text(task, plan);
  state_.networks.resize(task.seeds.size());
}

std::vector<TrainSummary> Fit::run() {
  resume();
  if (!state_.finished) {
    if (!task_.brief) {
      around_.progress->begin(task_.name, total_steps_ * plan_.batch_size, task_.unit,
                              state_.step * plan_.batch_size);
    }
    train();
    finish();
  }
  std::vector<TrainSummary> out;
  for (const Course& course : state_.networks) out.push_back(summary(course));
  return out;
}

std::string Fit::stage(int64_t network) const {
  if (!together()) return task_.name;
  return task_.name + "/" +
         (task_.labels.empty() ? std::to_string(network)
                               : task_.labels[static_cast<size_t>(network)]);
}

NamedTensors Fit::everything() const {
  NamedTensors all = task_.trained;
  all.insert(all.end(), task_.also_saved.begin(), task_.also_saved.end());
  return all;
}

void Fit::resume() {
  if (!std::filesystem::exists(path_)) return;
  Checkpoint found = load_checkpoint(path_);
  check(found.plan == state_.plan && found.networks.size() == state_.networks.size(),
        ErrorCode::data, "the checkpoint '" + path_.string() + "' belongs to another training plan",
        "remove the file to train this stage anew");
  std::vector<int64_t> left;
  for (const int64_t network : going_on_) {
    const int64_t stopped_after = found.networks[static_cast<size_t>(network)].stopped_after;
    if (found.finished || stopped_after == 0) left.push_back(network);
  }
  if (left != going_on_) continue_with(left, left);
  copy_into(task_.trained, found.trained, path_);
  copy_into(task_.also_saved, found.also_saved, path_);
  if (!found.finished) optimizer_.load_state(found.optimizer);
  state_ = std::move(found);
}

void Fit::train() {
  last_saved_ = Clock::now();
  try {
    take_steps();
  } catch (const Error& error) {
    // Between two steps, or in the validation after one, which then is done again.
    if (error.code() == ErrorCode::interrupted) {
      save();
      if (!task_.brief) around_.progress->end("");
    }
    throw;
  }
}

void Fit::take_steps() {
  if (state_.step == 0) tell({});
  while (state_.step < total_steps_) {
    const int64_t epoch = state_.step / steps_per_epoch_;
    if (state_.step % steps_per_epoch_ == 0 && epoch > 0 && stop_early(epoch)) return;
    check(!around_.stop->requested(), ErrorCode::interrupted,
          "interrupted in '" + task_.name + "' after " + std::to_string(state_.step) + " of " +
              std::to_string(total_steps_) + " steps");
    prune();
    one_step(epoch);
    const std::chrono::duration<double> since = Clock::now() - last_saved_;
    if (since.count() >= around_.checkpoint_seconds) save();
  }
  if (total_steps_ % steps_per_epoch_ == 0) stop_early(total_steps_ / steps_per_epoch_);
}

void Fit::one_step(int64_t epoch) {
  const Batch batch = samples_.load(state_.step, going_on_).to(task_.device);
  const NetworkNumbers numbers =
      update_once(optimizer_, task_, batch, state_.step, rate(epoch), going_on_);
  ++state_.step;
  if (task_.brief) return;
  ++state_.summed;
  add_to(state_.sums, numbers);
  around_.progress->update(state_.step * plan_.batch_size, overview(state_.sums, state_.summed));
  if (state_.step % line_steps_ == 0 || state_.step == total_steps_) write_lines();
}

void Fit::prune() {
  const int64_t step = state_.step - (total_steps_ - pruning_steps_);
  if (pruning_steps_ == 0 || step < 0) return;
  if (step == 0) begin_pruning();
  if (prunes_at(plan_.prune, step, pruning_steps_)) {
    optimizer_.prune(sparsity_at(plan_.prune, step, pruning_steps_));
  }
}

void Fit::begin_pruning() {
  if (task_.before_pruning) task_.before_pruning();
  TrainPoint point;
  point.unpruned = true;
  point.step = state_.step;
  point.epoch = point.step / steps_per_epoch_;
  point.within_epoch = point.step % steps_per_epoch_ != 0;
  tell(point);
  if (plan_.prune.fresh_optimizer) optimizer_.restart();
}

void Fit::write_lines() {
  std::vector<std::pair<std::string, Numbers>> lines;
  for (size_t i = 0; i < going_on_.size(); ++i) {
    Course& course = state_.networks[static_cast<size_t>(going_on_[i])];
    course.last = means_of(state_.sums, static_cast<int64_t>(i), state_.summed);
    lines.emplace_back(stage(going_on_[i]), course.last);
  }
  around_.writer->metrics(lines, state_.step);
  state_.sums.clear();
  state_.summed = 0;
}

double Fit::rate(int64_t epochs_done) const {
  double rate = plan_.lr;
  for (const int64_t milestone : plan_.milestones) {
    if (epochs_done >= milestone) rate *= plan_.decay;
  }
  if (plan_.gamma != 1) rate *= std::pow(plan_.gamma, static_cast<double>(epochs_done));
  if (state_.step >= plan_.warmup_steps) return rate;
  return rate * static_cast<double>(state_.step + 1) / static_cast<double>(plan_.warmup_steps);
}

bool Fit::stop_early(int64_t epoch) {
  if (state_.ended_epoch < epoch) end_epoch(epoch);
  if (!task_.validate || plan_.patience == 0) return false;
  std::vector<int64_t> stopping, staying;  // positions
  for (size_t i = 0; i < going_on_.size(); ++i) {
    const Course& course = state_.networks[static_cast<size_t>(going_on_[i])];
    const bool stops = epoch - course.best_epoch >= plan_.patience;
    (stops ? stopping : staying).push_back(static_cast<int64_t>(i));
  }
  if (!stopping.empty() && !staying.empty()) retire(stopping, staying);
  return staying.empty();
}

void Fit::end_epoch(int64_t epoch) {
  TrainPoint point;
  point.epoch = epoch;
  point.step = state_.step;
  const Course& first = state_.networks.front();
  if (first.best_epoch > 0) point.best_before = first.best_score;
  if (task_.validate) point.score = note_scores(epoch).front();
  state_.ended_epoch = epoch;
  if (task_.at_point) task_.at_point(point);
}

void Fit::tell(TrainPoint point) {
  if (!task_.at_point) return;
  if (task_.validate) point.score = task_.validate().front();
  task_.at_point(point);
}

std::vector<double> Fit::note_scores(int64_t epoch) {
  const std::vector<double> scores = task_.validate();
  check(scores.size() == going_on_.size(), ErrorCode::internal,
        "the validation of '" + task_.name + "' gives " + std::to_string(scores.size()) +
            " scores for " + std::to_string(going_on_.size()) + " networks");
  std::vector<int64_t> better;  // positions
  std::vector<std::pair<std::string, Numbers>> lines;
  for (size_t i = 0; i < scores.size(); ++i) {
    lines.emplace_back(stage(going_on_[i]) + "/validation", Numbers{{"score", scores[i]}});
    Course& course = state_.networks[static_cast<size_t>(going_on_[i])];
    if (course.best_epoch > 0 && !(scores[i] > course.best_score)) continue;
    course.best_score = scores[i];
    course.best_epoch = epoch;
    better.push_back(static_cast<int64_t>(i));
  }
  if (!task_.brief) around_.writer->metrics(lines, state_.step);
  if (plan_.patience > 0) keep_best(better);
  return scores;
}

void Fit::keep_best(const std::vector<int64_t>& positions) {
  if (positions.size() == going_on_.size()) {
    state_.best = copies(everything());
  } else {
    copy_networks(everything(), positions, state_.best, positions);
  }
}

// The networks at the positions `stopping` have reached their end while others go on.
void Fit::retire(const std::vector<int64_t>& stopping, const std::vector<int64_t>& staying) {
  if (state_.stopped.empty()) state_.stopped = zeros_for(state_.best, networks());
  copy_networks(state_.best, stopping, state_.stopped, chosen(going_on_, stopping));
  for (const int64_t network : chosen(going_on_, stopping)) {
    state_.networks[static_cast<size_t>(network)].stopped_after = state_.step;
  }
  state_.best = networks_at(state_.best, staying);
  keep_only(state_.sums, staying);
  continue_with(chosen(going_on_, staying), staying);
}

void Fit::continue_with(std::vector<int64_t> networks, const std::vector<int64_t>& positions) {
  going_on_ = std::move(networks);
  replace(everything(), networks_at(everything(), positions));
  optimizer_.keep(positions);
  if (task_.keep) task_.keep(going_on_);
}

void Fit::save() {
  state_.trained = task_.trained;
  state_.also_saved = task_.also_saved;
  state_.optimizer = state_.finished ? NamedTensors{} : optimizer_.state();
  save_checkpoint(path_, state_);
  last_saved_ = Clock::now();
}

void Fit::finish() {
  if (!state_.best.empty()) copy_into(everything(), state_.best, path_);
  if (!state_.stopped.empty()) {
    copy_networks(everything(), counted(static_cast<int64_t>(going_on_.size())), state_.stopped,
                  going_on_);
    replace(everything(), state_.stopped);
    going_on_ = counted(networks());
    if (task_.keep) task_.keep(going_on_);
  }
  tell(last_point());
  state_.best.clear();
  state_.stopped.clear();
  state_.finished = true;
  if (task_.brief) {
    std::filesystem::remove(path_);
    return;
  }
  save();
  around_.progress->end("");
}

TrainPoint Fit::last_point() const {
  const bool back_at_best = !state_.best.empty();
  TrainPoint point;
  point.last = true;
  point.step = back_at_best ? state_.networks.front().best_epoch * steps_per_epoch_ : state_.step;
  point.epoch = point.step / steps_per_epoch_;
  point.within_epoch = point.step % steps_per_epoch_ != 0;
  return point;
}

TrainSummary Fit::summary(const Course& course) const {
  TrainSummary out;
  out.steps = course.stopped_after > 0 ? course.stopped_after : state_.step;
  out.samples = out.steps * plan_.batch_size;
  out.epochs = (out.steps + steps_per_epoch_ - 1) / steps_per_epoch_;
  out.best_score = course.best_score;
  out.last = course.last;
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
