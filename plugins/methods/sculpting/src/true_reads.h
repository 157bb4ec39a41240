// Which inputs each output is a function of, where the functions are known.
#pragma once

#include <modhost/dataset.h>

#include <optional>
#include <vector>

namespace modhost_sculpting {

// [input][output]: 1 when the output's function reads the input, itself or through others. Outputs
// are the functions y0, y1, ..., or where these are not there, those that no other function reads,
// in their order. Unset when they are not as many as the truth has outputs.
using Reads = std::vector<std::vector<char>>;
std::optional<Reads> true_reads(const modhost::TrueModules& truth);

}  // namespace modhost_sculpting
