// The files that torch.save and torch.jit.save write since PyTorch 1.6: a ZIP archive with a pickle
// and one member for each storage.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "pickled_tensors.h"
#include "zip_archive.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

class TorchZip : public Storages {
 public:
  // Whether the archive is one: has a member NAME/data.pkl.
  static bool is_one(const detail::ZipArchive& archive);

  // The archive outlives the object. Error(data) names its path.
  explicit TorchZip(const detail::ZipArchive& archive);

  // A file of torch.jit.save, with a program inside.
  bool is_script() const { return is_script_; }
  // Bytes of all members, unpacked.
  uint64_t size() const { return size_; }
  const Document& document() const { return *document_; }
  Tensor bytes(const StorageId& id) override;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  // Members by their path inside of the archive's one folder: "data/0".
  std::string member(const std::string& path) const;

  const detail::ZipArchive& archive_;
  std::map<std::string, size_t> members_;
  bool is_script_ = false;
  uint64_t size_ = 0;
  std::string pickle_;
  std::unique_ptr<Document> document_;
  std::map<std::string, Tensor> read_;
};

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
