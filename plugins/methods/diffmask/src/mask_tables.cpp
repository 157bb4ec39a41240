#include "mask_tables.h"

#include <algorithm>

#include "class_changes.h"
#include "mask_metrics.h"
#include "mask_sharing.h"
#include "study_keys.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;

double share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<int64_t>(whole, 1));
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
  writer.scalar(path + "evenness", evenness(result.bits));
  writer.scalar(path + "kept", static_cast<double>(ones(result.bits)));
  const int64_t kept = ones(result.bits);
  for (const auto& [name, bits] : result.bits) {
    writer.scalar(path + "share/" + name, share(ones({{name, bits}}), kept));
  }
}

void write_masks_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "data", "unmasked", "masked", "inverse", "kept", "weights", "sparsity",
               "expected_sparsity", "dispersity", "evenness"},
              {}};
  for (const MaskResult& result : results) {
    const auto row = [&](const std::string& data, const MaskResult::On& on) {
      table.add({result.task, data, on.unmasked, on.masked, on.inverse, ones(result.bits),
                 size(result.bits), sparsity(result.bits), result.expected_sparsity,
                 dispersity(result.bits), evenness(result.bits)});
    };
    row("task", result.own);
    if (result.other) row("other", *result.other);
  }
  writer.table("masks", table);
}

// Each pair of tasks: the masks as they are, and what is left without the weights that all keep.
void write_sharing_table(RunWriter& writer, const Results& results) {
  Table table{{"a", "b", "kept_a", "kept_b", "both", "iomin", "iou", "random_iomin",
               "random_iomin_per_parameter", "z", "p", "p_adjusted", "iomin_without_common"},
              {}};
  const NamedTensors common = common_bits(results);
  for (const SharedPair& pair : shared_pairs(results)) {
    const Overlap& found = pair.overlap;
    const double distinct =
        overlap(without(pair.a->bits, common), without(pair.b->bits, common)).io_min();
    table.add({pair.a->task, pair.b->task, found.a, found.b, found.both, found.io_min(),
               found.iou(), pair.random, pair.random_per_tensor, pair.z, pair.p, pair.p_adjusted,
               distinct});
    writer.scalar("masks/sharing/" + pair.a->task + "/" + pair.b->task, found.io_min());
    writer.scalar("masks/iou/" + pair.a->task + "/" + pair.b->task, found.iou());
  }
  writer.table("sharing", table);
  if (!common.empty()) writer.scalar("masks/common", static_cast<double>(ones(common)));
}

// The same in each parameter.
void write_overlap_table(RunWriter& writer, const Results& results) {
  Table table{
      {"a", "b", "parameter", "weights", "kept_a", "kept_b", "both", "iomin", "iou", "random_both"},
      {}};
  for (const SharedPair& pair : shared_pairs(results)) {
    for (const auto& [name, bits] : pair.a->bits) {
      const Tensor& other = *modhost::find(pair.b->bits, name);
      const Overlap found = overlap(bits, other);
      table.add({pair.a->task, pair.b->task, name, bits.numel(), found.a, found.b, found.both,
                 found.io_min(), found.iou(),
                 random_overlap({{name, bits}}, {{name, other}}, true).mean});
    }
  }
  writer.table("overlap", table);
}

// `remaining`: of what the control keeps. `shared`: of what the mask keeps, what the mask of
// another task keeps too.
void write_parameters_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "parameter", "kept", "weights", "density", "share_of_kept", "remaining",
               "shared", "dispersity", "evenness"},
              {}};
  const MaskResult* control = control_of(results);
  for (const MaskResult& result : results) {
    const int64_t total = ones(result.bits);
    const NamedTensors others = others_bits(results, result);
    for (const auto& [name, bits] : result.bits) {
      Cell remaining, shared;
      if (control != nullptr && !result.control) {
        const Overlap with = overlap(bits, *modhost::find(control->bits, name));
        remaining = share(with.both, with.b);
      }
      if (!others.empty() && !result.control) {
        const Overlap with = overlap(bits, *modhost::find(others, name));
        shared = share(with.both, with.a);
      }
      const int64_t kept = ones({{name, bits}});
      table.add({result.task, name, kept, bits.numel(), share(kept, bits.numel()),
                 share(kept, total), remaining, shared, dispersity(bits), evenness(bits)});
    }
  }
  writer.table("parameters", table);
}

Cell mean_cell(const std::vector<double>& values) {
  return values.empty() ? Cell{} : Cell{modhost::mean(values)};
}

Cell interval_cell(const std::vector<double>& values) {
  return values.empty() ? Cell{} : Cell{modhost::confidence_95(values)};
}

Cell p_cell(double accuracy, const std::vector<double>& values) {
  return values.empty() ? Cell{} : Cell{Ablation::p(accuracy, values)};
}

// What it costs to remove a mask's weights, against random sets; one row for each kind of data. The
// p-values are for themselves: p_random_adjusted is for all rows of the table.
void write_ablations_table(RunWriter& writer, const Results& results) {
  std::vector<double> p;
  for (const MaskResult& result : results) {
    for (const auto* found : {&result.ablation, &result.other_ablation}) {
      if (*found) p.push_back(Ablation::p((*found)->accuracy, (*found)->random));
    }
  }
  if (p.empty()) return;
  const std::vector<double> adjusted = modhost::benjamini_hochberg(p);
  Table table{{"task", "data", "removed", "accuracy", "draws", "random", "random_ci95", "p_random",
               "p_random_adjusted", "complement", "complement_ci95", "p_complement"},
              {}};
  for (const MaskResult& result : results) {
    const auto row = [&](const std::string& data, const std::optional<Ablation>& found) {
      if (!found) return;
      table.add({result.task, data, ones(result.bits), found->accuracy,
                 static_cast<int64_t>(found->random.size()), mean_cell(found->random),
                 interval_cell(found->random), p_cell(found->accuracy, found->random),
                 adjusted[table.rows.size()], mean_cell(found->complement),
                 interval_cell(found->complement), p_cell(found->accuracy, found->complement)});
    };
    row("task", result.ablation);
    row("other", result.other_ablation);
  }
  writer.table("ablations", table);
}

// The last weight [outputs, in]: what the control keeps for each output, and how much of that a
// task's mask removes (Csordas et al. 2021: the rows of the output tokens of SCAN).
void write_outputs_table(RunWriter& writer, const Results& results,
                         const std::vector<std::string>& classes) {
  const MaskResult* control = control_of(results);
  if (control == nullptr) return;
  const auto is_matrix = [](const auto& named) { return named.second.dim() == 2; };
  const auto last = std::find_if(control->bits.rbegin(), control->bits.rend(), is_matrix);
  if (last == control->bits.rend()) return;
  const auto& [name, all] = *last;
  const bool named = static_cast<int64_t>(classes.size()) == all.size(0);
  Table table{{"task", "parameter", "output", "control", "kept", "removed"}, {}};
  for (const MaskResult* task : tasks_of(results)) {
    const Tensor& bits = *modhost::find(task->bits, name);
    for (int64_t row = 0; row < all.size(0); ++row) {
      const Overlap with = overlap(bits[row], all[row]);
      const std::string output = named ? classes[static_cast<size_t>(row)] : std::to_string(row);
      table.add({task->task, name, output, with.b, with.a, share(with.b - with.both, with.b)});
    }
  }
  if (!table.rows.empty()) writer.table("outputs", table);
}

void write_halves_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "half", "unmasked", "masked", "masked_half", "masked_rest"}, {}};
  for (const MaskResult& result : results) {
    for (const MaskResult::Halves& halves : result.halves) {
      table.add({result.task, halves.name, result.own.unmasked, result.own.masked, halves.half,
                 halves.rest});
    }
  }
  if (!table.rows.empty()) writer.table("halves", table);
}

void write_gradients_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "masked_layers", "parameter", "cosine"}, {}};
  for (const MaskResult& result : results) {
    for (const GradientCosine& one : result.cosines) {
      table.add({result.task, one.layers, one.parameter, one.cosine});
      writer.scalar("cos_distance/" + result.task + "/" + std::to_string(one.layers) + "/" +
                        study_key(one.parameter),
                    1 - one.cosine);
    }
  }
  if (!table.rows.empty()) writer.table("gradients", table);
}

void write_histogram_table(RunWriter& writer, const Results& results) {
  Table table{{"task", "from", "to", "weights"}, {}};
  for (const MaskResult& result : results) {
    for (int64_t bin = 0; bin < kHistogramBins; ++bin) {
      table.add({result.task, share(bin, kHistogramBins), share(bin + 1, kHistogramBins),
                 result.histogram[static_cast<size_t>(bin)]});
    }
  }
  writer.table("histogram", table);
}

}  // namespace

void write_results(RunWriter& writer, const Results& results,
                   const std::vector<std::string>& classes) {
  for (const MaskResult& result : results) write_scalars(writer, result);
  write_masks_table(writer, results);
  write_sharing_table(writer, results);
  write_overlap_table(writer, results);
  write_parameters_table(writer, results);
  write_histogram_table(writer, results);
  write_outputs_table(writer, results, classes);
  write_halves_table(writer, results);
  write_ablations_table(writer, results);
  write_gradients_table(writer, results);
  write_confusions(writer, results, classes);
  write_study_keys(writer, results);
}

}  // namespace modhost_diffmask
