// Tensors of several networks at once: dimension 0 counts the networks. The tensors of a single
// network have no such dimension.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

NamedTensors copies(const NamedTensors& tensors);

// Overwrites every target by the tensor of the same name. Error(data) that names the checkpoint
// `path` when there is none of that name and shape.
void copy_into(const NamedTensors& targets, const NamedTensors& from,
               const std::filesystem::path& path);

// Copies the networks at the positions `from` of all tensors to the positions `to` of the tensors
// of the same names. Error(data) when one is missing.
void copy_networks(const NamedTensors& source, const std::vector<int64_t>& from,
                   const NamedTensors& target, const std::vector<int64_t>& to);

// The networks at `positions` alone, in new memory.
NamedTensors networks_at(const NamedTensors& tensors, const std::vector<int64_t>& positions);

// Gives the targets the contents of the same names, of another number of networks: all handles to
// them follow. Error(data) when one is missing.
void replace(const NamedTensors& targets, const NamedTensors& contents);

// Zeros for another number of networks.
NamedTensors zeros_for(const NamedTensors& like, int64_t networks);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
