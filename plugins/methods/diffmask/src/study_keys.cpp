#include "study_keys.h"

#include <algorithm>

#include "mask_metrics.h"
#include "mask_sharing.h"

namespace modhost_diffmask {
namespace {

using modhost::RunWriter;

void put(RunWriter& writer, const std::string& key, int64_t count) {
  writer.scalar(key, static_cast<double>(count));
}

// |A and B| / max(|B|, 1), as there.
void put_share(RunWriter& writer, const std::string& key, int64_t both, int64_t whole) {
  writer.scalar(key, static_cast<double>(both) / static_cast<double>(std::max<int64_t>(whole, 1)));
}

// How many weights the masks of tasks keep, and how many of those a mask shares with any other.
void write_stat(RunWriter& writer, const Results& results) {
  const auto tasks = tasks_of(results);
  if (tasks.empty()) return;
  NamedTensors any = tasks[0]->bits;
  for (const MaskResult* task : tasks) any = joined(any, task->bits);
  for (const auto& [name, bits] : any) {
    put(writer, "mask_stat/mask_" + study_key(name) + "/n_total", ones({{name, bits}}));
  }
  for (size_t i = 0; i < tasks.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const NamedTensors others = others_bits(results, *tasks[i]);
    for (const auto& [name, bits] : tasks[i]->bits) {
      const std::string path = "mask_stat/mask_" + study_key(name) + "/";
      const Tensor* other = modhost::find(others, name);
      const Overlap with =
          other == nullptr ? Overlap{ones({{name, bits}}), 0, 0} : overlap(bits, *other);
      put(writer, path + "n_" + number, with.a);
      put_share(writer, path + "shared_" + number, with.both, with.a);
    }
  }
}

// Over all parameters. As there, n_1 counts what mask 1 shares, and its share is of what any keeps.
void write_stat_of_all(RunWriter& writer, const Results& results) {
  const auto tasks = tasks_of(results);
  if (tasks.empty()) return;
  NamedTensors any = tasks[0]->bits;
  for (const MaskResult* task : tasks) any = joined(any, task->bits);
  put(writer, "mask_stat/all/n_total", ones(any));
  for (size_t i = 0; i < tasks.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const NamedTensors others = others_bits(results, *tasks[i]);
    const int64_t shared = others.empty() ? 0 : overlap(tasks[i]->bits, others).both;
    put(writer, "mask_stat/all/n_" + number, shared);
    put_share(writer, "mask_stat/all/shared_" + number, shared, ones(any));
  }
}

// What remains of the control in the mask of each task: n_1 counts what both keep.
void write_remaining(RunWriter& writer, const Results& results) {
  const MaskResult* control = control_of(results);
  if (control == nullptr) return;
  const auto tasks = tasks_of(results);
  for (const auto& [name, bits] : control->bits) {
    const std::string path = "mask_remaining/layers/" + study_key(name) + "/";
    put(writer, path + "n_ref", ones({{name, bits}}));
    for (size_t i = 0; i < tasks.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      const Overlap with = overlap(*modhost::find(tasks[i]->bits, name), bits);
      put(writer, path + "n_" + number, with.both);
      put_share(writer, path + "remaining_" + number, with.both, with.b);
    }
  }
  put(writer, "mask_remaining/all/n_total", ones(control->bits));
  for (size_t i = 0; i < tasks.size(); ++i) {  // here the first task's mask is number 0
    const Overlap with = overlap(tasks[i]->bits, control->bits);
    put(writer, "mask_remaining/masks/n_" + std::to_string(i), with.both);
    put_share(writer, "mask_remaining/masks/remaining_" + std::to_string(i), with.both, with.b);
  }
}

void write_inverse(RunWriter& writer, const Results& results) {
  for (const MaskResult* task : tasks_of(results)) {
    const std::string path = "inverse_mask_test/" + task->task + "/";
    writer.scalar(path + "task/accuracy", task->own.inverse);
    if (task->other) writer.scalar(path + "other/accuracy", task->other->inverse);
  }
}

void write_halves(RunWriter& writer, const Results& results) {
  const MaskResult* control = control_of(results);
  if (control == nullptr) return;
  for (size_t i = 0; i < control->halves.size(); ++i) {
    const std::string end = "/iter_" + std::to_string(i) + "/iid/accuracy";
    writer.scalar("half_mask_test/normal" + end, control->halves[i].half);
    writer.scalar("half_mask_test/inverse" + end, control->halves[i].rest);
  }
}

}  // namespace

std::string study_key(std::string parameter) {
  std::replace(parameter.begin(), parameter.end(), '.', '_');
  return parameter;
}

void write_study_keys(RunWriter& writer, const Results& results) {
  write_stat(writer, results);
  write_stat_of_all(writer, results);
  write_remaining(writer, results);
  write_inverse(writer, results);
  write_halves(writer, results);
}

}  // namespace modhost_diffmask
