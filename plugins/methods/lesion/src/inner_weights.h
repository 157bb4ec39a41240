// The weights both ends of which are units of one cluster.
#pragma once

#include <modhost/model.h>
#include <modhost/sub_clusters.h>

#include <string>
#include <vector>

namespace modhost_lesion {

class InnerWeights {
 public:
  // The kernels of `network`. `last`: also those into units that nothing reads, the answer.
  InnerWeights(const modhost::ModelBase& model, const modhost::UnitNetwork& network, bool last);

  // Their parameters.
  const std::vector<std::string>& names() const { return names_; }

  // bool [*shape] for each parameter: the entries that join units of `ends` (of each group). An
  // entry that is used between several pairs of units (a layer that is applied to several parts) is
  // inside only when all its pairs are.
  modhost::NamedTensors inside(const std::vector<modhost::UnitSet>& ends) const;

  // bool [*shape] for each parameter: all entries that join any units that count.
  modhost::NamedTensors all() const;

 private:
  struct Wire {
    int64_t from, to;
    modhost::Tensor entries;  // [to, from, taps] int64: position in the parameter + 1; 0: no entry
  };
  struct Wired {
    std::vector<int64_t> shape;
    modhost::Tensor uses;  // [entries + 1] int32: how many taps an entry is, left alone or not
    std::vector<Wire> wires;
  };
  modhost::Tensor where_all(const Wired& wired, const modhost::Tensor& count) const;

  std::vector<std::string> names_;
  std::vector<Wired> wired_;
  std::vector<int64_t> units_;  // of each group
};

// How many entries of the network's weights are marked, and the sum of their absolute values.
struct Weighed {
  double count = 0, sum = 0;
};
Weighed weighed(const modhost::ModelBase& model, const modhost::NamedTensors& marks);

const modhost::Parameter& parameter_named(const modhost::ModelBase& model, const std::string& name);

}  // namespace modhost_lesion
