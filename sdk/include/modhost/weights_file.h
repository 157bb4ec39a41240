// Reading the weights of networks and masks that other programs wrote.
//
//   WeightsFile file = read_weights("checkpoint.pth");
//   file.key;      // "model": the table of the checkpoint that was taken
//   file.tensors;  // {"features.0.weight", [64, 3, 7, 7]}, ...
//
// The format is told from the content, never from the name. Files of Python are read as data:
// nothing in them is executed. Hostile ones are expected: whatever a file claims is compared with
// the bytes that are there before memory is taken, and every refusal is an Error(data) that names
// the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// A place in a file that holds tensors: {"optimizer/state/0", 2}.
struct WeightTable {
  std::string key;
  size_t tensors = 0;
};

struct SkippedTensor {
  std::string name;
  std::string why;  // "a sparse tensor"
};

struct WeightsFile {
  std::string format;               // in words: "PyTorch", "TorchScript", "safetensors", ...
  std::string key;                  // of the table that was taken; "" where a file is one table
  std::vector<WeightTable> tables;  // all that there are
  std::string prefix;               // taken off all names: "module." of a DataParallel network
  NamedTensors tensors;             // on the CPU, as typed in the file; tied ones share memory
  std::vector<SkippedTensor> skipped;
  std::vector<std::string> pruned;  // weights that lay there as NAME_orig and NAME_mask
};

// Reads
//  - what torch.save writes, since PyTorch 1.6 and before: state dicts, checkpoints that hold one,
//    whole networks, Parameters, NumPy arrays;
//  - what torch.jit.save writes: parameters and buffers;
//  - Python pickles of tensors and arrays;
//  - safetensors, .npz and .npy;
//  - a folder of files with one array each, named after them.
// `key` says which table of a checkpoint is meant: "model", "checkpoint/net", "/" for all; empty
// takes the one that holds the network.
WeightsFile read_weights(const std::filesystem::path& path, const std::string& key = "");

}  // namespace v1
}  // namespace modhost
