#include "agreement.h"

#include <modhost/clustering.h>
#include <modhost/random.h>

#include <map>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kPermutations = 100;

}  // namespace

UnitLabels labels_of(const std::vector<UnitGroup>& groups, const UnitGraph& whole,
                     const UnitLabels& labels) {
  std::map<std::string, size_t> positions;
  for (size_t i = 0; i < whole.groups.size(); ++i) positions[whole.groups[i].name] = i;
  const std::vector<int64_t> offsets = whole.offsets();
  UnitLabels out;
  for (const UnitGroup& group : groups) {
    const auto found = positions.find(group.name);
    for (int64_t unit = 0; unit < group.units; ++unit) {
      out.push_back(found == positions.end()
                        ? kNoCluster
                        : labels[static_cast<size_t>(offsets[found->second] + unit)]);
    }
  }
  return out;
}

NullComparison chance_agreement(const UnitLabels& a, const UnitLabels& b, uint64_t seed) {
  std::vector<size_t> both;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != kNoCluster && b[i] != kNoCluster) both.push_back(i);
  }
  std::vector<double> drawn;
  for (int64_t draw = 0; draw < kPermutations; ++draw) {
    const auto order = permutation(static_cast<int64_t>(both.size()),
                                   derive_seed(seed, static_cast<uint64_t>(draw)));
    UnitLabels mixed = a;
    for (size_t i = 0; i < both.size(); ++i) {
      mixed[both[i]] = a[both[static_cast<size_t>(order[i])]];
    }
    drawn.push_back(normalized_mutual_information(mixed, b, EntropyMean::geometric));
  }
  return compare_with_null(normalized_mutual_information(a, b, EntropyMean::geometric), drawn);
}

void write_agreement(RunWriter& writer, const std::string& name, const UnitLabels& a,
                     const UnitLabels& b, uint64_t seed) {
  writer.scalar(name, normalized_mutual_information(a, b, EntropyMean::geometric));
  writer.scalar(name + "_arithmetic", normalized_mutual_information(a, b));
  writer.scalar(name + "_p", chance_agreement(a, b, seed).p_above_tied);
}

}  // namespace modhost_spectral
