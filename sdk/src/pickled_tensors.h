// From the calls of a pickle to tensors: what PyTorch and NumPy leave in it.
#pragma once

#include <string>
#include <unordered_map>
#include <variant>

#include "modhost/tensor.h"
#include "pickle.h"
#include "pickled_calls.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

// What a persistent id of PyTorch says about a storage.
struct StorageId {
  torch::ScalarType type = torch::kUInt8;
  std::string key;
  uint64_t elements = 0;
  std::optional<std::string> foreign;  // a type that no tensor here can have, in words

  uint64_t bytes() const;
};

// Error(data) when it is no id of a storage.
StorageId storage_id(const Document& document, const Persistent& persistent,
                     const std::string& where);

// The bytes of the storages that a pickle names.
class Storages {
 public:
  virtual ~Storages();
  // uint8 [n] with at least id.bytes() elements; the same tensor for the same key, so that tensors
  // that shared memory share it again.
  virtual Tensor bytes(const StorageId& id) = 0;
};

struct Foreign {  // a tensor of a kind that is not read
  std::string what;
};
using Found = std::variant<Tensor, Foreign>;

// Reads tensors one at a time. Views into their storages: strides are kept, nothing is copied but
// what lay in the pickle itself.
class PickledTensors {
 public:
  // `file_bytes`, the size of the file when unpacked, bounds what all tensors together may claim:
  // a view can be much larger than its storage.
  PickledTensors(const Document& document, Storages& storages, std::string where,
                 uint64_t file_bytes);

  // Whether the value is a tensor or an array, of whatever kind.
  bool is_tensor(const Value& value) const;
  // Error(data) when it claims what its storage does not hold.
  Found read(const Value& value);

  const Document& document() const { return document_; }
  const std::string& where() const { return where_; }

 private:
  Found read_call(const Call& call);
  Found read_tensor(const Call& call);
  Found read_array(const Call& call);
  Found view(const StorageId& id, const Tensor& bytes, const Call& call);
  [[noreturn]] void fail(const std::string& what) const;
  void claim(uint64_t bytes);

  const Document& document_;
  Storages& storages_;
  std::string where_;
  uint64_t budget_;
  std::unordered_map<uint32_t, Found> known_;  // by node
};

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
