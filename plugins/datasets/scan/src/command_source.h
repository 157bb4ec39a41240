// Commands as padded batches of tokens.
#pragma once

#include <modhost/dataset.h>

#include "command.h"

namespace modhost_scan {

using namespace modhost;

class CommandSource : public Source {
 public:
  explicit CommandSource(std::vector<Command> commands) : commands_(std::move(commands)) {}

  const std::vector<Command>& commands() const { return commands_; }

  int64_t size() const override { return static_cast<int64_t>(commands_.size()); }
  // input [n, words + 1] and target [n, actions + 1] of the longest in the batch, each ended by the
  // last token of its vocabulary and filled up with zeros
  Batch load(const std::vector<int64_t>& indices) const override;

 private:
  std::vector<Command> commands_;
};

}  // namespace modhost_scan
