// IDX, the file format of MNIST and its relatives: a big-endian header with the shape, then bytes;
// as it is or gzipped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace modhost {
inline namespace v1 {

struct IdxArray {
  std::vector<int64_t> shape;  // images: {n, height, width}; labels: {n}
  std::vector<uint8_t> bytes;
};

// Reads a file of unsigned bytes with so many dimensions; gzipped when it starts as gzip does.
// Takes memory for at most `most_bytes` elements, and no more than the header asks for. Error(data)
// with the path: another format or number of dimensions, a header that asks for more or for fewer
// bytes than there are, damage. Error(io) when it cannot be read.
IdxArray read_idx(const std::filesystem::path& path, size_t dimensions,
                  uint64_t most_bytes = uint64_t{1} << 31);

// Writes it gzipped, whole or not at all; the same bytes for the same array.
void write_idx_gz(const std::filesystem::path& path, const IdxArray& array);

}  // namespace v1
}  // namespace modhost
