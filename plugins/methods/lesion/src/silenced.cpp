#include "silenced.h"

#include <modhost/error.h>

#include <map>
#include <set>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Entries of a dimension of a parameter that are 0, in E variants.
struct SilentEntries {
  int dim = 0;
  Tensor entries;  // [E, size of the dimension] bool
};

class Silenced : public Variation {
 public:
  explicit Silenced(int64_t size) : size_(size) {}
  int64_t size() const override { return size_; }

  Tensor apply(const Tensor& weight) const override {
    Tensor out = weight.unsqueeze(0);
    for (const SilentEntries& silent : silent_) {
      std::vector<int64_t> shape(static_cast<size_t>(weight.dim() + 1), 1);
      shape[0] = size_;
      shape[static_cast<size_t>(silent.dim + 1)] = weight.size(silent.dim);
      out = out.masked_fill(silent.entries.to(weight.device()).view(shape), 0);
    }
    return out;
  }

  void add(SilentEntries silent) { silent_.push_back(std::move(silent)); }

 private:
  int64_t size_;
  std::vector<SilentEntries> silent_;
};

// [E, units]
Tensor table_of(const std::vector<UnitSet>& sets, int64_t units) {
  Tensor out = torch::zeros({static_cast<int64_t>(sets.size()), units}, torch::kBool);
  auto* row = out.data_ptr<bool>();
  for (const UnitSet& set : sets) {
    for (const int64_t unit : set) {
      check(unit >= 0 && unit < units, ErrorCode::internal, "a lesion of a unit that is not there");
      row[unit] = true;
    }
    row += units;
  }
  return out;
}

// What feeds a group of a layer, and which of its units are meant.
struct Fed {
  const Layer* layer;
  std::string group;
  Tensor units;  // int64, of each unit of the network's group; undefined: the same
};

std::vector<Fed> fed_by(const ModelBase& model, const UnitNetwork& network, int64_t group) {
  std::vector<Fed> out;
  for (const UnitWriter& writer : network.writers.at(static_cast<size_t>(group))) {
    out.push_back({&layer_named(model, writer.layer), writer.group, {}});
  }
  std::map<std::string, Tensor> scales;
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.to != group) continue;
    for (const UnitScale& scale : kernel.scales) {
      if (scale.direct) scales[scale.layer] = scale.channels;
    }
  }
  for (const auto& [name, channels] : scales) {
    out.push_back({&layer_named(model, name), "out", channels});
  }
  return out;
}

std::vector<UnitSet> mapped(const std::vector<UnitSet>& sets, const Tensor& channels) {
  if (!channels.defined()) return sets;
  std::vector<UnitSet> out = sets;
  for (UnitSet& set : out) {
    for (int64_t& unit : set) unit = channels.data_ptr<int64_t>()[unit];
  }
  return out;
}

// The units of one group, of each lesion.
std::vector<UnitSet> of_group(const std::vector<UnitSets>& lesions, int64_t group) {
  std::vector<UnitSet> out;
  for (const UnitSets& lesion : lesions) {
    const auto found = lesion.find(group);
    out.push_back(found == lesion.end() ? UnitSet() : found->second);
  }
  return out;
}

}  // namespace

std::set<int64_t> groups_of(const std::vector<UnitSets>& lesions) {
  std::set<int64_t> out;
  for (const UnitSets& lesion : lesions) {
    for (const auto& [group, units] : lesion) out.insert(group);
  }
  return out;
}

std::vector<SilentUnits> silent_units(const ModelBase& model, const UnitNetwork& network,
                                      const std::set<int64_t>& groups,
                                      const std::vector<UnitSets>& lesions) {
  std::vector<SilentUnits> out;
  for (const int64_t group : groups) {
    const std::vector<UnitSet> sets = of_group(lesions, group);
    for (const Fed& fed : fed_by(model, network, group)) {
      out.push_back(
          {fed.layer, fed.group, table_of(mapped(sets, fed.units), fed.layer->units(fed.group))});
    }
  }
  return out;
}

Variations silenced(const ModelBase& model, const UnitNetwork& network,
                    const std::vector<UnitSets>& lesions) {
  std::map<std::string, std::shared_ptr<Silenced>> made;
  for (const SilentUnits& fed : silent_units(model, network, groups_of(lesions), lesions)) {
    for (const Wiring& wiring : fed.layer->wiring()) {
      if (wiring.feeds != fed.group) continue;
      auto& variation = made[wiring.parameter.name()];
      if (variation == nullptr) {
        variation = std::make_shared<Silenced>(static_cast<int64_t>(lesions.size()));
      }
      // Place i of the dimension belongs to unit i modulo their number.
      const int64_t times = wiring.parameter.tensor().size(wiring.out_dim) / fed.silent.size(1);
      variation->add({wiring.out_dim, fed.silent.repeat({1, times})});
    }
  }
  return {made.begin(), made.end()};
}

int64_t silenced_bytes(const ModelBase& model, const UnitNetwork& network,
                       const std::vector<UnitSets>& lesions) {
  UnitSets none;
  for (const int64_t group : groups_of(lesions)) none[group] = {};
  int64_t bytes = 0;
  for (const auto& [name, variation] : silenced(model, network, {none})) {
    for (const Parameter& parameter : model.parameters()) {
      if (parameter.name() == name) bytes += static_cast<int64_t>(parameter.tensor().nbytes());
    }
  }
  return bytes;
}

}  // namespace modhost_lesion
