// How the two pairs are shown to a network and where their answers are read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_tuple_arithmetic {

struct Layout {
  int64_t steps = 1;          // of the sequence
  bool sequence = true;       // false: one step, as features
  bool in_turn = false;       // each pair at its own steps only, else both at all steps
  bool shared_input = false;  // both pairs through the same inputs
  // A restriction to one pair hides the other from a recurrent network. A feed-forward network
  // still sees it: only its answer does not count.
  bool hides_other = false;
  std::vector<int64_t> read_steps;   // as in Signature
  std::vector<int64_t> read_places;  // as in Signature

  bool shows(int64_t step, int64_t pair) const;
  // Inputs at a step.
  int64_t width(int64_t digits) const;
};

// `mode` is one of the choices of the option.
Layout layout_of(const std::string& mode, int64_t digits);

}  // namespace modhost_tuple_arithmetic
