// Where the inputs of a model's layers come from, past the layers that only scale.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "modhost/model.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Units of one kind: a layer's, or the network's input.
struct UnitNode {
  int slot = -1;  // position in ModelBase::layers(); -1: the input
  std::string group = "out";
  int64_t units = 0;
};

// One way from the units of a node to the inputs of a layer.
struct UnitLink {
  size_t node = 0;
  std::vector<size_t> scales;  // slots of the layers on the way, in order
  joint::Pairs pairs;          // unit -> input
  // Of each pair, for each of `scales`: the unit of that layer.
  std::vector<std::vector<int64_t>> channels;
};

// Does the layer only scale or shift its units?
bool only_scales(const Layer& layer);

class UnitSources {
 public:
  explicit UnitSources(const ModelBase& model);

  const std::vector<UnitNode>& nodes() const { return nodes_; }
  // Error(internal) when there is none.
  size_t node_of(size_t slot, const std::string& group) const;
  const std::vector<UnitLink>& links(size_t slot) const { return links_[slot]; }

  // The recurrent layer whose last state is the first of this one, or -1. No joint says so: it is
  // the last one before it with the same groups whose output no layer reads.
  int state_giver(size_t slot) const;

  // The sum to which each node belongs: itself, or the first of those that are added up.
  std::vector<size_t> sums() const;
  // Does a normalisation read the units of one node, each in one place, before anything else does?
  // Sets `node`.
  bool follows(size_t scale, size_t& node) const;

 private:
  void add_nodes();
  void resolve(size_t slot, std::set<size_t>& in_progress);
  void add_link(std::vector<UnitLink>& links, UnitLink link) const;
  size_t input_node(const joint::Pairs& pairs);

  const ModelBase& model_;
  std::map<std::string, size_t> slots_;
  std::vector<UnitNode> nodes_;
  std::vector<std::vector<UnitLink>> links_;  // by slot
  std::vector<bool> resolved_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
