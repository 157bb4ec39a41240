// What is taken out of networks: the units that matter least, or the smallest weights.
#pragma once

#include <modhost/model.h>
#include <modhost/unit_network.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "networks.h"

namespace modhost_sculpting {

// numpy.percentile(values, percent), linear between neighbours; `values` may be in any order, and
// must not be empty.
double percentile(std::vector<double> values, double percent);

// Of all groups that are neither inputs nor outputs. Error(config) for a model without weights that
// connect units.
int64_t hidden_units(const modhost::ModelBase& model);

// The parts of a model that pruning is about.
class Cutter {
 public:
  // Error(config) as of hidden_units().
  explicit Cutter(modhost::ModelBase& model);

  // Nothing pruned yet, of these state dicts; entries of 0 count as weights that are there.
  Networks whole(const std::vector<modhost::NamedTensors>& states) const;

  // Of each network all hidden units whose score is not above the percentile `percents`.
  void cut_units(Networks& networks, const std::vector<std::vector<double>>& scores,
                 const std::vector<double>& percents) const;
  // Of each network all weights whose size is not above the percentile of all.
  void cut_edges(Networks& networks, const std::vector<double>& percents) const;

  int64_t hidden_units() const { return hidden_; }
  int64_t weights() const { return weights_; }
  // Of each unit of each group whether weights are left that feed it, and that read it.
  struct Links {
    std::vector<std::vector<char>> fed, read;  // [group][unit]
  };
  Links links(const Networks& networks, int64_t position) const;
  // Hidden units that have both.
  int64_t live_units(const Networks& networks, int64_t position) const;
  int64_t kept_weights(const Networks& networks, int64_t position) const;
  double pruned_percent(const Networks& networks, int64_t position) const;
  // Groups of hidden units, and what can be told of the network.
  const modhost::UnitNetwork& network() const { return network_; }
  bool is_hidden(size_t group) const { return hidden_groups_[group]; }
  const std::vector<std::string>& kernels() const { return kernels_; }
  // Of each kernel of the network.
  const std::vector<modhost::EntryUnits>& entries() const { return entries_; }
  modhost::ModelBase& model() const { return model_; }

  struct Bias {
    std::string name;
    std::vector<std::pair<std::string, int>> fed_by;  // parameter, and its dimension of units fed
    int64_t units = 0;
  };
  const std::vector<Bias>& biases() const { return biases_; }

 private:
  // The edges of a parameter. Layers that are shared read units of several groups, or several of
  // one, with the same weights: a weight is there as long as one of them is.
  struct Reading {
    std::vector<size_t> kernels;
    modhost::Tensor no_edge;  // of each entry
  };
  void find_biases();
  // Units that are not there any more take their weights with them.
  void drop_weights(Networks& networks) const;
  // A unit that no weight feeds has no bias; weights that are not kept are 0.
  void finish(Networks& networks) const;

  modhost::ModelBase& model_;
  modhost::UnitNetwork network_;
  std::vector<bool> hidden_groups_;
  std::vector<modhost::EntryUnits> entries_;  // of each kernel of network_
  std::map<std::string, Reading> readings_;   // by parameter
  std::vector<std::string> kernels_;          // names of parameters
  std::vector<Bias> biases_;
  int64_t hidden_ = 0;
  int64_t weights_ = 0;
};

}  // namespace modhost_sculpting
