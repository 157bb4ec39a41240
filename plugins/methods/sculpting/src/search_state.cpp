#include "search_state.h"

#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/state_file.h>

#include <algorithm>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kNumbers = 3;  // of a trial

// [candidates, trials, 3]: target, accuracy, accepted; -1 where there was no such trial.
Tensor table_of(const std::vector<std::vector<Trial>>& trials) {
  size_t most = 0;
  for (const auto& own : trials) most = std::max(most, own.size());
  Tensor out =
      torch::full({static_cast<int64_t>(trials.size()), static_cast<int64_t>(most), kNumbers}, -1,
                  torch::kDouble);
  auto* row = out.data_ptr<double>();
  for (const auto& own : trials) {
    double* at = row;
    for (const Trial& trial : own) {
      *at++ = trial.target;
      *at++ = trial.accuracy;
      *at++ = trial.accepted ? 1 : 0;
    }
    row += static_cast<int64_t>(most) * kNumbers;
  }
  return out;
}

std::vector<std::vector<Trial>> trials_of(const Tensor& table) {
  std::vector<std::vector<Trial>> out(static_cast<size_t>(table.size(0)));
  const auto* at = table.data_ptr<double>();
  for (auto& own : out) {
    for (int64_t trial = 0; trial < table.size(1); ++trial, at += kNumbers) {
      if (at[0] >= 0) own.push_back({at[0], at[1], at[2] > 0.5});
    }
  }
  return out;
}

// Overwrites the tensors by those of the file.
void restore(NamedTensors& own, const NamedTensors& file, const std::string& prefix,
             const std::filesystem::path& path) {
  for (auto& [name, tensor] : own) {
    const Tensor* found = find(file, prefix + name);
    check(found != nullptr && found->sizes() == tensor.sizes() &&
              found->scalar_type() == tensor.scalar_type(),
          ErrorCode::data, "the checkpoint '" + path.string() + "' belongs to another pruning",
          "remove the file to prune anew");
    tensor = *found;
  }
}

}  // namespace

SearchState::SearchState(const std::filesystem::path& folder, const std::string& stage)
    : path_(folder / "checkpoints" / "pruning" / (stage + ".safetensors")) {}

int64_t SearchState::load(Pruned& pruned, std::vector<ShareSearch>& searches) const {
  if (!std::filesystem::exists(path_)) return 0;
  NamedTensors file = load_safetensors(path_);
  NamedTensors rounds{{"rounds", torch::zeros({}, torch::kLong)}};
  const Tensor* table = find(file, "trials");
  const bool fits = table != nullptr && table->dim() == 3 && table->size(2) == kNumbers &&
                    table->scalar_type() == torch::kDouble &&
                    table->size(0) == static_cast<int64_t>(pruned.candidates.size());
  check(fits, ErrorCode::data, "the checkpoint '" + path_.string() + "' belongs to another pruning",
        "remove the file to prune anew");
  restore(rounds, file, "", path_);
  restore(pruned.networks.values, file, "value/", path_);
  restore(pruned.networks.kept, file, "kept/", path_);
  restore(pruned.networks.units, file, "units/", path_);
  pruned.trials = trials_of(table->contiguous());
  for (size_t i = 0; i < searches.size(); ++i) {
    for (const Trial& trial : pruned.trials[i]) searches[i].judge(trial.accepted);
  }
  return rounds.front().second.item<int64_t>();
}

void SearchState::save(const Pruned& pruned, int64_t rounds) const {
  NamedTensors file{{"trials", table_of(pruned.trials)}, {"rounds", torch::tensor(rounds)}};
  const auto add = [&](const NamedTensors& own, const std::string& prefix) {
    for (const auto& [name, tensor] : own) file.emplace_back(prefix + name, tensor);
  };
  add(pruned.networks.values, "value/");
  add(pruned.networks.kept, "kept/");
  add(pruned.networks.units, "units/");
  make_folder(path_.parent_path());
  save_safetensors(path_, file);
}

}  // namespace modhost_sculpting
