// What is left of a network without the weights of a mask.
#pragma once

#include <modhost/tensor.h>

#include <string>
#include <vector>

namespace modhost_diffmask {

// Parameters of which the inverse is another mask (the options inverse_keeps and inverse_as).
struct InverseRule {
  std::vector<std::string> keeps;  // globs of their names
  std::string as = "own";          // their mask; "control": the control's; "whole": all ones
};

// All weights that the mask does not keep, except where the rule says otherwise. `control`: the
// mask of the control; nullptr: there is none, or it is the mask itself.
modhost::NamedTensors inverse_of(const modhost::NamedTensors& bits,
                                 const modhost::NamedTensors* control, const InverseRule& rule);

}  // namespace modhost_diffmask
