// Files of named tensors: safetensors, npz and those of PyTorch.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

using Metadata = std::map<std::string, std::string>;

// safetensors: eight bytes of header length, a JSON header, raw little-endian data. Written
// atomically, bit-exact for float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8
// and bool.
void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const Metadata& metadata = {});

// Tensors in file order. Error(data) names the file and what is wrong with it: truncated, a header
// that does not describe the data, tensors that overlap, unknown types.
NamedTensors load_safetensors(const std::filesystem::path& path, Metadata* metadata = nullptr);

// The .npz of numpy.savez; loaded in the order of the names.
void save_npz(const std::filesystem::path& path, const NamedTensors& tensors);
NamedTensors load_npz(const std::filesystem::path& path);

// What Python opens by torch.load(path), also with weights_only: a dict of tensors. Tensors of the
// same memory share it again. Read it back by read_weights() of modhost/weights_file.h.
void save_torch(const std::filesystem::path& path, const NamedTensors& tensors);

// In the format of the extension: .pt, .pth, .safetensors or .npz. Error(usage) for another.
void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors);

}  // namespace v1
}  // namespace modhost
