#include "modhost/snapshot.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <tuple>
#include <utility>

#include "modhost/error.h"
#include "modhost/state_file.h"
#include "number_text.h"
#include "snapshots.h"

namespace modhost {
inline namespace v1 {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostEpochs = 1'000'000;  // between two checkpoints
constexpr const char* kForms =
    "write every=2 (epochs), at=acc:0.5,0.7 (validation accuracies) or at=prune (before and after "
    "pruning)";

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorCode::config, "option 'train.checkpoints': '" + text + "' " + why, kForms);
}

template <typename T>
std::optional<T> number_in(std::string_view text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<T>(value) : std::nullopt;
}

std::string_view after(std::string_view text, std::string_view prefix) {
  return text.substr(std::min(prefix.size(), text.size()));
}

bool begins(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::vector<double> accuracies_in(const std::string& text, std::string_view list) {
  std::vector<double> out;
  for (size_t start = 0; start <= list.size();) {
    const size_t comma = std::min(list.find(',', start), list.size());
    const std::string one(list.substr(start, comma - start));
    const auto value = number_in<double>(one);
    if (!value) refuse(text, "holds '" + one + "', which is no number");
    if (!(*value >= 0 && *value <= 1)) refuse(text, "holds " + one + ", and accuracies are 0 .. 1");
    out.push_back(*value);
    start = comma + 1;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// The metadata of a file as a snapshot; nullopt when something is missing.
std::optional<Snapshot> read_snapshot(const fs::path& file) {
  Metadata metadata;
  load_safetensors(file, &metadata);
  Snapshot out;
  out.file = file;
  out.label = metadata[detail::kLabelKey];
  for (const auto& [key, value] :
       {std::pair{detail::kEpochKey, &out.epoch}, std::pair{detail::kStepKey, &out.step},
        std::pair{detail::kSamplesKey, &out.samples}}) {
    const auto number = number_in<int64_t>(metadata[key]);
    if (!number || *number < 0) return std::nullopt;
    *value = *number;
  }
  if (const std::string score = metadata[detail::kScoreKey]; !score.empty()) {
    out.score = number_in<double>(score);
    if (!out.score) return std::nullopt;
  }
  return out.label.empty() ? std::nullopt : std::optional(out);
}

}  // namespace

CheckpointPlan parse_checkpoints(const std::string& text) {
  CheckpointPlan plan;
  if (text.empty()) return plan;
  if (begins(text, "every=")) {
    const auto epochs = number_in<int64_t>(after(text, "every="));
    if (!epochs || *epochs < 1 || *epochs > kMostEpochs) {
      refuse(text, "names no whole number of epochs from 1");
    }
    plan.every = *epochs;
  } else if (begins(text, "at=acc:")) {
    plan.accuracies = accuracies_in(text, after(text, "at=acc:"));
  } else if (text == "at=prune") {
    plan.pruning = true;
  } else {
    refuse(text, "is no way to choose checkpoints");
  }
  return plan;
}

std::string accuracy_label(double accuracy) {
  char two_decimals[32];
  snprintf(two_decimals, sizeof two_decimals, "%.2f", accuracy);
  const bool exact = number_in<double>(two_decimals) == accuracy;
  return "acc_" + (exact ? two_decimals : detail::shortest_text(accuracy));
}

std::vector<Snapshot> snapshots_in(const fs::path& run_folder) {
  std::vector<Snapshot> out;
  const fs::path folder = run_folder / detail::kSnapshotFolder;
  if (!fs::is_directory(folder)) return out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path file = entry.path() / detail::kSnapshotFile;
    if (!fs::is_regular_file(file)) continue;
    const auto found = read_snapshot(file);
    check(found.has_value(), ErrorCode::data,
          "'" + file.string() + "' does not say which state of the training it holds",
          "remove the run's folder 'checkpoints' and this file to train anew");
    out.push_back(*found);
  }
  std::sort(out.begin(), out.end(), [](const Snapshot& a, const Snapshot& b) {
    return std::tie(a.step, a.label) < std::tie(b.step, b.label);
  });
  return out;
}

}  // namespace v1
}  // namespace modhost
