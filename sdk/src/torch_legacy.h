// The files that torch.save wrote before PyTorch 1.6, and that pickled tensors still hold inside.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pickle.h"
#include "pickled_tensors.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

// Five pickles in a row (a magic number, the version, the machine, the object, the keys of its
// storages), then for each key the number of elements as int64 and the elements.
class TorchLegacy : public Storages {
 public:
  static bool starts(std::string_view bytes);

  // `bytes` outlive the object. Error(data) names `where`.
  TorchLegacy(std::string_view bytes, const std::string& where);

  const Document& document() const { return *document_; }
  Tensor bytes(const StorageId& id) override;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void check_machine(const Document& machine) const;
  void find_storages(const Document& keys, std::string_view rest);

  std::string where_;
  std::unique_ptr<Document> document_;
  std::map<std::string, std::string_view> places_;
  std::map<std::string, Tensor> read_;
};

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
