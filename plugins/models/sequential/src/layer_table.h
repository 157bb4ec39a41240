// One [[model.layers]] of a config.
#pragma once

#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sequential_options.h"

namespace modhost_sequential {

using LayerKinds = std::function<const LayerEntry&(const std::string& kind)>;

class LayerTable {
 public:
  // Reads kind, name and from, and hands the other keys to the options of the kind. Error(config)
  // for unknown kinds and options with the nearest, and for values that do not fit.
  LayerTable(size_t index, const OptionTable& table, const LayerKinds& kinds);

  const std::string& name() const { return name_; }  // the index when there is none, as in PyTorch
  const std::vector<std::string>& from() const { return from_; }

  bool has_outputs() const;    // an option 'out'
  bool wants_outputs() const;  // one that nobody has set
  void set_outputs(int64_t outputs);

  // Fills in what follows from the input, of which one sample is `shape`, and makes the layer.
  std::shared_ptr<Layer> make(const std::vector<int64_t>& shape);
  // The dimension of a sample that counts the units it reads: 0 for channels, -1 for features.
  int unit_dim() const;

  // The error with the place of the table and the layer in front: "net.toml:3:8: layer 2 (linear
  // 'fc') ...".
  Error placed(const Error& error) const;

 private:
  size_t index_;
  std::string kind_, name_, origin_;
  std::vector<std::string> from_;
  const LayerEntry* entry_ = nullptr;
  std::unique_ptr<Options> options_;
};

}  // namespace modhost_sequential
