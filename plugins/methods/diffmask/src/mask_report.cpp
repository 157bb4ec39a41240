#include "mask_report.h"

#include <modhost/statistics.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "mask_metrics.h"
#include "mask_sharing.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;

std::string percent(double share) {
  char buffer[32];
  snprintf(buffer, sizeof buffer, "%.0f %%", 100 * share);
  return buffer;
}

std::string fraction(double value) {
  char buffer[32];
  snprintf(buffer, sizeof buffer, "%.3f", value);
  return buffer;
}

void show_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "unmasked", "masked", "not-task", "inverse", "inverse not-task", "kept"},
              {}};
  for (const MaskResult& result : results) {
    const auto other = [&](double MaskResult::On::*value) {
      return result.other ? Cell{fraction((*result.other).*value)} : Cell{};
    };
    table.add({result.task, fraction(result.own.unmasked), fraction(result.own.masked),
               other(&MaskResult::On::masked), fraction(result.own.inverse),
               other(&MaskResult::On::inverse), percent(1 - sparsity(result.bits))});
  }
  writer.show(table);
}

void say_sharing(RunWriter& writer, const Results& results) {
  const std::vector<SharedPair> pairs = shared_pairs(results);
  if (pairs.empty()) return;
  const auto less = [](const SharedPair& a, const SharedPair& b) {
    return a.overlap.io_min() < b.overlap.io_min();
  };
  const auto [least, most] = std::minmax_element(pairs.begin(), pairs.end(), less);
  const auto sentence = [](const SharedPair& pair) {
    return pair.a->task + " and " + pair.b->task + " share " + percent(pair.overlap.io_min()) +
           " of the smaller mask (random masks with as many weights in each parameter: " +
           percent(pair.random_per_tensor) + ")";
  };
  writer.say("Most alike: " + sentence(*most) + ".");
  if (pairs.size() > 1) writer.say("Least alike: " + sentence(*least) + ".");
}

// Does a task's mask serve its task better than the rest, and does its inverse lose the task? Only
// of tasks that the network can do.
void say_meaning(RunWriter& writer, const Results& results, double chance) {
  int64_t able = 0, keeps = 0, loses = 0, specific = 0;
  const auto tasks = tasks_of(results);
  for (const MaskResult* result : tasks) {
    const double own_gain = result->own.unmasked - chance;
    if (own_gain <= 0) continue;
    ++able;
    keeps += result->own.masked - chance >= 0.9 * own_gain;
    loses += result->own.inverse - chance <= 0.1 * own_gain;
    if (!result->other) continue;
    const double own_loss = result->own.unmasked - result->own.masked;
    const double other_loss = result->other->unmasked - result->other->masked;
    specific += other_loss > own_loss + 0.05;
  }
  const auto count = static_cast<int64_t>(tasks.size());
  if (able < count) {
    writer.say("On " + std::to_string(count - able) + " of " + std::to_string(count) +
               " tasks the network is no better than chance (" + fraction(chance) +
               "): masks of these say nothing.");
  }
  if (able == 0) return;
  const auto of_all = [&](int64_t some) {
    return std::to_string(some) + " of " + std::to_string(able);
  };
  writer.say(of_all(keeps) + " masks keep at least 90 % of their task's accuracy above chance (" +
             fraction(chance) + "); without the masked weights " + of_all(loses) +
             " lose at least 90 % of it.");
  writer.say(of_all(specific) +
             " cost the other data over 5 points more than their own task: the mark of a module "
             "that serves one task.");
}

// Means over the masks of tasks, and over their pairs.
void write_headlines(RunWriter& writer, const Results& results) {
  std::vector<double> masked, kept, spread, io_min;
  for (const MaskResult* result : tasks_of(results)) {
    masked.push_back(result->own.masked);
    kept.push_back(1 - sparsity(result->bits));
    spread.push_back(dispersity(result->bits));
  }
  for (const SharedPair& pair : shared_pairs(results)) io_min.push_back(pair.overlap.io_min());
  if (masked.empty()) return;
  writer.headline("masked", modhost::mean(masked));
  writer.headline("kept", modhost::mean(kept));
  writer.headline("dispersity", modhost::mean(spread));
  if (!io_min.empty()) writer.headline("io_min", modhost::mean(io_min));
}

}  // namespace

void show_results(RunWriter& writer, const Results& results, double chance,
                  const std::string& unit) {
  write_headlines(writer, results);
  show_table(writer, results);
  writer.say("Accuracy on held-out " + unit + ", chance " + fraction(chance) +
             "; kept: share of the weights.");
  say_meaning(writer, results, chance);
  say_sharing(writer, results);
}

}  // namespace modhost_diffmask
