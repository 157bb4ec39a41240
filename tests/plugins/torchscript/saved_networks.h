// The networks of tests/data/torchscript and what PyTorch computes with them.
#pragma once

#include <modhost/model.h>
#include <modhost/state_file.h>

#include <memory>
#include <string>

#include "torchscript.h"

namespace modhost::test {

// Their folder, or the one that the environment names in MODHOST_TORCHSCRIPT_FRESH.
std::string saved_folder();
// NAME.pt there, or of those that `modhost plugin check` uses too.
std::string saved_file(const std::string& name);

// Of the data that the network is for.
Signature saved_signature(const std::string& name);

std::unique_ptr<modhost_torchscript::Torchscript> saved_network(
    const std::string& name, const std::string& batching = "auto");
std::unique_ptr<modhost_torchscript::Torchscript> network_of(const std::string& path,
                                                             const Signature& signature,
                                                             const std::string& batching = "auto",
                                                             int64_t time_limit = 60);

// The text of the error that loading it gives.
std::string refusal_of(const std::string& path, const Signature& signature,
                       int64_t time_limit = 60);

// NAME/input, NAME/output, NAME/masked of expected.npz; a traced network has those of the network
// that was traced.
Tensor expected(const std::string& name, const std::string& what);

// The masks of make_networks.py: [3, *shape] of zeros and ones for the parameter at `position`.
Tensor python_masks(int64_t position, const Tensor& parameter);

}  // namespace modhost::test
