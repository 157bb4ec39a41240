#include "joint_finder.h"

#include <modhost/random.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sample_input.h"
#include "site_role.h"
#include "unit_relation.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr uint64_t kJointSeed = 40;
constexpr int64_t kJointRows = 2;

class JointFinder {
 public:
  JointFinder(Network& network, const Signature& signature)
      : network_(network), signature_(signature) {
    for (const auto& site : network.sites()) roles_[site.get()] = role_of(network, *site);
  }

  std::vector<Joint> find() {
    const torch::AutoGradMode gradients(true);
    Tensor x = sample_input(signature_, kJointRows, kJointSeed);
    if (x.is_floating_point()) x.set_requires_grad(true);
    sources_.push_back({"", x, 0, -1});
    const auto cut = [this](const Site& site) { return roles_[&site].writes; };
    for (const Observation& seen : network_.trace(x, cut)) add(seen);
    std::vector<Joint> joints;
    for (const auto& key : order_) {
      joints.push_back({key.first, key.second, completed(found_[key])});
    }
    return joints;
  }

 private:
  struct Source {
    std::string layer;
    Tensor output;
    int64_t units = 0;
    int64_t axis = 0;
  };

  static int64_t unit_axis(const Role& role) {
    static const std::set<std::string> by_channel = {"conv1d", "conv2d", "batch_norm1d",
                                                     "batch_norm2d", "group_norm"};
    return by_channel.count(role.description->kind()) > 0 ? 1 : -1;
  }

  void add(const Observation& seen) {
    const Role& role = roles_[seen.site];
    const size_t inputs = seen.site->call().inputs;
    if (role.reads && inputs > 0) read(role, seen.tensors[0]);
    if (role.writes && seen.tensors.size() > inputs) {
      const Tensor& output = seen.tensors[inputs];
      sources_.push_back({role.layer, output, role.description->units_out(), unit_axis(role)});
    }
  }

  void read(const Role& role, const Tensor& x) {
    const int64_t units = role.description->units_in();
    if (!x.is_floating_point()) return join({"", role.layer}, units, units, joint::same(units));
    for (const Source& source : sources_) {
      if (!source.output.requires_grad()) continue;
      const UnitView reader{x, unit_axis(role), units};
      UnitView writer{source.output, source.axis, source.units};
      if (source.layer.empty()) writer = network_input(source.output, units);
      const joint::Pairs pairs = related_units(writer, reader, kJointSeed);
      if (!pairs.empty()) join({source.layer, role.layer}, writer.units, units, pairs);
    }
  }

  // What the units of the input are: all its numbers for a layer that reads as many, otherwise
  // channels of images and panels, and features.
  UnitView network_input(const Tensor& x, int64_t read_units) const {
    const bool whole = signature_.input_size() == read_units;
    if (whole && x.dim() > 2) return {x, UnitView::kEveryEntry, signature_.input_size()};
    const bool image = signature_.input == Input::image;
    const int64_t axis = image ? 1 : -1;
    return {x, axis, x.size(axis)};
  }

  using Key = std::pair<std::string, std::string>;
  struct Found {
    int64_t from = 0, to = 0;
    std::set<std::pair<int64_t, int64_t>> pairs;
  };

  void join(const Key& key, int64_t from, int64_t to, const joint::Pairs& pairs) {
    if (found_.count(key) == 0) order_.push_back(key);
    Found& found = found_[key];
    found.from = from;
    found.to = to;
    found.pairs.insert(pairs.begin(), pairs.end());
  }

  // A unit that happened to be silent is missing; a pattern that holds for all others holds for it.
  static joint::Pairs completed(const Found& found) {
    const joint::Pairs pairs(found.pairs.begin(), found.pairs.end());
    std::vector<joint::Pairs> patterns;
    const int64_t from = found.from, to = found.to;
    if (from == to) patterns.push_back(joint::same(from));
    if (from > 0 && to % from == 0) patterns.push_back(joint::flattened(from, to / from));
    const int64_t shift = pairs.front().second - pairs.front().first;
    if (shift >= 0 && from + shift <= to) {
      joint::Pairs shifted = joint::same(from);
      for (auto& pair : shifted) pair.second += shift;
      patterns.push_back(std::move(shifted));
    }
    for (joint::Pairs& pattern : patterns) {
      std::sort(pattern.begin(), pattern.end());
      if (std::includes(pattern.begin(), pattern.end(), pairs.begin(), pairs.end())) return pattern;
    }
    return pairs;
  }

  Network& network_;
  const Signature& signature_;
  std::map<const Site*, Role> roles_;
  std::vector<Source> sources_;
  std::vector<Key> order_;
  std::map<Key, Found> found_;
};

}  // namespace

std::vector<Joint> find_joints(Network& network, const Signature& signature) {
  if (!network.why_passes().empty()) return {};
  return JointFinder(network, signature).find();
}

}  // namespace modhost_torchscript
