#include "command_source.h"

#include <algorithm>

namespace modhost_scan {
namespace {

// One side of a batch.
struct Side {
  Tensor tokens;  // [n, longest]
  Tensor length;  // [n]
};

template <size_t capacity>
Side padded(const std::vector<Command>& commands, const std::vector<int64_t>& indices,
            Tokens<capacity> Command::*side, int64_t end_token) {
  int64_t longest = 0;
  for (const int64_t index : indices) {
    const Command& command = commands[static_cast<size_t>(index)];
    longest = std::max<int64_t>(longest, (command.*side).count + 1);
  }
  const auto count = static_cast<int64_t>(indices.size());
  Side out{torch::zeros({count, longest}, torch::kLong), torch::empty({count}, torch::kLong)};
  auto* row = out.tokens.data_ptr<int64_t>();
  auto* length = out.length.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    const auto& tokens = commands[static_cast<size_t>(index)].*side;
    *std::copy(tokens.begin(), tokens.end(), row) = end_token;
    *length++ = tokens.count + 1;
    row += longest;
  }
  return out;
}

}  // namespace

Batch CommandSource::load(const std::vector<int64_t>& indices) const {
  const Side input = padded(commands_, indices, &Command::words, kWords);
  const Side target = padded(commands_, indices, &Command::actions, kActions);
  return {input.tokens, target.tokens, input.length, target.length};
}

}  // namespace modhost_scan
