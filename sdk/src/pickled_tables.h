// Tables of named tensors in a pickle: which there are, which one holds the network, and what is in
// it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "modhost/tensor.h"
#include "modhost/weights_file.h"
#include "pickled_tensors.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

// Dicts, lists and networks that were pickled whole form a tree; a table is any inner node of it
// with tensors below, called by the names on the way to it: "checkpoint/model". The root is "/".
class PickledTables {
 public:
  static constexpr const char* kRoot = "/";

  explicit PickledTables(PickledTensors& tensors);

  // Tables that hold tensors themselves, and how many there are in and below them.
  std::vector<WeightTable> list() const;

  // The names of the table that holds the network: "model" of {"model": {...}, "epoch": 3}.
  // Error(data) when there is none, or several and none is plainly it.
  std::string choose() const;

  // Adds all tensors in and below the table, with names joined by dots. A key "a+b" stands for two
  // tables in one. Error(data) for an unknown table, with those that there are.
  void read(const std::string& key, WeightsFile& out);

 private:
  using Visit = std::function<void(const std::string& name, const Value& value)>;

  // What a dict, a list or a network has inside; nothing for anything else.
  void for_each(const Value& value, const Visit& visit) const;
  void for_each_item(const Items& items, const Visit& visit) const;
  bool for_each_of_network(const Value& state, const Visit& visit) const;
  const Value& unwrapped(const Value& value) const;

  bool network_at(const Value& value) const;
  // Tensors in and below a value.
  size_t count(const Value& value, int depth = 0) const;
  void list(const Value& value, const std::string& key, int depth,
            std::vector<WeightTable>& out) const;
  std::string choose(const Value& value, const std::string& key, int depth) const;
  // The usual table inside, or the only one; "" when `value` itself is the table.
  std::string choose_inside(const Value& value, const std::string& key) const;
  std::optional<Value> find(const Value& value, const std::string& key) const;
  void read(const Value& value, const std::string& name, int depth, WeightsFile& out);
  // The error with the tables that there are.
  [[noreturn]] void refuse(const std::string& what, const std::string& wanted = "") const;

  PickledTensors& tensors_;
  const Document& document_;
  mutable std::unordered_map<uint32_t, size_t> counts_;  // by node
  mutable size_t visited_ = 0;
};

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
