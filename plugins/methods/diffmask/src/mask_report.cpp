#include "mask_report.h"

#include <algorithm>
#include <cstdio>

#include "mask_metrics.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;

using Results = std::vector<MaskResult>;

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

// The masks of tasks, without the control.
std::vector<const MaskResult*> tasks_of(const Results& results) {
  std::vector<const MaskResult*> out;
  for (const MaskResult& result : results) {
    if (!result.control) out.push_back(&result);
  }
  return out;
}

// What all task masks keep; empty when there are fewer than two.
modhost::NamedTensors common_bits(const Results& results) {
  const auto tasks = tasks_of(results);
  if (tasks.size() < 2) return {};
  modhost::NamedTensors common = tasks[0]->bits;
  for (size_t i = 1; i < tasks.size(); ++i) common = intersection(common, tasks[i]->bits);
  return common;
}

void write_scalars(RunWriter& writer, const MaskResult& result) {
  const std::string path = "masks/" + result.task + "/";
  const auto on = [&](const std::string& where, const MaskResult::On& accuracy) {
    writer.scalar(path + where + "/accuracy", accuracy.masked);
    writer.scalar(path + "inverse/" + where + "/accuracy", accuracy.inverse);
    writer.scalar(path + "unmasked/" + where + "/accuracy", accuracy.unmasked);
  };
  on("task", result.own);
  if (result.other) on("other", *result.other);
  writer.scalar(path + "sparsity", sparsity(result.bits));
  writer.scalar(path + "expected_sparsity", result.expected_sparsity);
  writer.scalar(path + "dispersity", dispersity(result.bits));
  writer.scalar(path + "kept", static_cast<double>(ones(result.bits)));
}

void write_masks_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "data", "unmasked", "masked", "inverse", "kept", "weights", "sparsity",
               "expected_sparsity", "dispersity"},
              {}};
  for (const MaskResult& result : results) {
    const auto row = [&](const std::string& data, const MaskResult::On& on) {
      table.add({result.task, data, on.unmasked, on.masked, on.inverse, ones(result.bits),
                 size(result.bits), sparsity(result.bits), result.expected_sparsity,
                 dispersity(result.bits)});
    };
    row("task", result.own);
    if (result.other) row("other", *result.other);
  }
  writer.table("masks", table);
}

// Two matrices in long form: of the masks as they are, and of what is left without the weights that
// all of them keep.
void write_sharing_table(RunWriter& writer, const Results& results) {
  Table table{{"a", "b", "sharing", "random", "random_per_tensor", "sharing_without_common"}, {}};
  const modhost::NamedTensors common = common_bits(results);
  for (const MaskResult* a : tasks_of(results)) {
    for (const MaskResult* b : tasks_of(results)) {
      Cell distinct;
      if (!common.empty()) {
        distinct = sharing(without(a->bits, common), without(b->bits, common));
      }
      const bool same = a == b;
      if (!same) {
        writer.scalar("masks/sharing/" + a->task + "/" + b->task, sharing(a->bits, b->bits));
      }
      table.add({a->task, b->task, sharing(a->bits, b->bits),
                 same ? Cell{1.0} : Cell{random_sharing(a->bits, b->bits, false)},
                 same ? Cell{1.0} : Cell{random_sharing(a->bits, b->bits, true)}, distinct});
    }
  }
  writer.table("sharing", table);
  if (!common.empty()) writer.scalar("masks/common", static_cast<double>(ones(common)));
}

void write_parameters_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "parameter", "kept", "weights", "density", "share_of_kept", "dispersity"},
              {}};
  for (const MaskResult& result : results) {
    const auto total = static_cast<double>(std::max<int64_t>(ones(result.bits), 1));
    for (const auto& [name, bits] : result.bits) {
      const int64_t kept = ones({{name, bits}});
      writer.scalar("masks/" + result.task + "/share/" + name, static_cast<double>(kept) / total);
      table.add({result.task, name, kept, bits.numel(),
                 static_cast<double>(kept) / static_cast<double>(bits.numel()),
                 static_cast<double>(kept) / total, dispersity(bits)});
    }
  }
  writer.table("parameters", table);
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
  struct Pair {
    const MaskResult *a, *b;
    double shared, random;
  };
  std::vector<Pair> pairs;
  const auto tasks = tasks_of(results);
  for (size_t i = 0; i < tasks.size(); ++i) {
    for (size_t j = i + 1; j < tasks.size(); ++j) {
      pairs.push_back({tasks[i], tasks[j], sharing(tasks[i]->bits, tasks[j]->bits),
                       random_sharing(tasks[i]->bits, tasks[j]->bits, true)});
    }
  }
  if (pairs.empty()) return;
  const auto [least, most] = std::minmax_element(
      pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.shared < b.shared; });
  const auto sentence = [](const Pair& pair) {
    return pair.a->task + " and " + pair.b->task + " share " + percent(pair.shared) +
           " of the smaller mask (random masks with as many weights in each tensor: " +
           percent(pair.random) + ")";
  };
  writer.say("Most alike: " + sentence(*most) + ".");
  if (pairs.size() > 1) writer.say("Least alike: " + sentence(*least) + ".");
}

// Does a task's mask serve its task better than the rest, and does its inverse lose the task?
void say_meaning(RunWriter& writer, const Results& results, double chance) {
  int64_t keeps = 0, loses = 0, specific = 0;
  const auto tasks = tasks_of(results);
  for (const MaskResult* result : tasks) {
    const double own_gain = result->own.unmasked - chance;
    keeps += result->own.masked - chance >= 0.9 * own_gain;
    loses += result->own.inverse - chance <= 0.1 * own_gain;
    if (!result->other) continue;
    const double own_loss = result->own.unmasked - result->own.masked;
    const double other_loss = result->other->unmasked - result->other->masked;
    specific += other_loss > own_loss + 0.05;
  }
  const auto of_all = [&](int64_t count) {
    return std::to_string(count) + " of " + std::to_string(tasks.size());
  };
  if (tasks.empty()) return;
  writer.say(of_all(keeps) + " masks keep at least 90 % of their task's accuracy above chance (" +
             fraction(chance) + "); without the masked weights " + of_all(loses) +
             " lose at least 90 % of it.");
  writer.say(of_all(specific) +
             " cost the other data over 5 points more than their own task: the mark of a module "
             "that serves one task.");
}

}  // namespace

void write_results(RunWriter& writer, const Results& results) {
  for (const MaskResult& result : results) write_scalars(writer, result);
  write_masks_table(writer, results);
  write_sharing_table(writer, results);
  write_parameters_table(writer, results);
}

void show_results(RunWriter& writer, const Results& results, double chance,
                  const std::string& unit) {
  show_table(writer, results);
  writer.say("Accuracy on held-out " + unit + ", chance " + fraction(chance) +
             "; kept: share of the weights.");
  say_meaning(writer, results, chance);
  say_sharing(writer, results);
}

}  // namespace modhost_diffmask
