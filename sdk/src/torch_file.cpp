// Files that torch.load of Python opens: a ZIP archive with a pickle and one member a storage.
#include <caffe2/serialize/inline_container.h>

#include <map>
#include <tuple>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/state_file.h"
#include "pickle_opcodes.h"
#include "tensor_types.h"

namespace modhost {
inline namespace v1 {
namespace {

// The instructions that build {name: tensor, ...} in Python, in protocol 2 as torch.save writes it.
class PickleOfTensors {
 public:
  PickleOfTensors() {
    op(pickle::kProto);
    text_ += '\x02';
    op(pickle::kEmptyDict);
    op(pickle::kMark);
  }

  void add(const std::string& name, const Tensor& tensor, const std::string& storage,
           const char* storage_type) {
    put_text(name);
    put_global("torch._utils", "_rebuild_tensor_v2");
    op(pickle::kMark);
    op(pickle::kMark);  // the persistent id
    put_text("storage");
    put_global("torch", storage_type);
    put_text(storage);
    put_text("cpu");
    put_integer(tensor.numel());
    op(pickle::kTuple);
    op(pickle::kBinPersId);
    put_integer(0);  // offset
    put_integers(tensor.sizes());
    put_integers(tensor.strides());
    op(pickle::kNewFalse);                     // requires_grad
    put_global("collections", "OrderedDict");  // backward hooks: none
    op(pickle::kEmptyTuple);
    op(pickle::kReduce);
    op(pickle::kTuple);
    op(pickle::kReduce);
  }

  std::string finished() {
    op(pickle::kSetItems);
    op(pickle::kStop);
    return std::move(text_);
  }

 private:
  void op(pickle::Op code) { text_ += static_cast<char>(code); }
  void put_little_endian(uint64_t value, size_t width) {
    for (size_t byte = 0; byte < width; ++byte) text_ += static_cast<char>(value >> (8 * byte));
  }
  void put_text(const std::string& text) {
    op(pickle::kBinUnicode);
    put_little_endian(text.size(), 4);
    text_ += text;
  }
  void put_global(const std::string& module, const std::string& name) {
    op(pickle::kGlobal);
    text_ += module + "\n" + name + "\n";
  }
  void put_integer(int64_t value) {
    op(pickle::kLong1);
    text_ += '\x08';
    put_little_endian(static_cast<uint64_t>(value), 8);
  }
  void put_integers(torch::IntArrayRef values) {
    op(pickle::kMark);
    for (const int64_t value : values) put_integer(value);
    op(pickle::kTuple);
  }

  std::string text_;
};

}  // namespace

void save_torch(const std::filesystem::path& path, const NamedTensors& tensors) {
  using Memory = std::tuple<const void*, int64_t, torch::ScalarType>;
  std::map<Memory, std::string> storages;  // to their keys
  NamedTensors contents;                   // by key; also keeps the memory from being used again
  PickleOfTensors pickle;
  for (const auto& [name, given] : tensors) {
    const Tensor tensor = detail::packed(given);
    const auto& names = detail::names_of(name, tensor.scalar_type());
    const Memory memory{tensor.numel() == 0 ? nullptr : tensor.data_ptr(), tensor.numel(),
                        tensor.scalar_type()};
    const auto [place, is_new] = storages.emplace(memory, std::to_string(contents.size()));
    if (is_new) contents.emplace_back(place->second, tensor);
    pickle.add(name, tensor, place->second, names.storage);
  }
  std::string bytes;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, size_t size) {
    bytes.append(static_cast<const char*>(data), size);
    return size;
  });
  const std::string text = pickle.finished();
  writer.writeRecord("data.pkl", text.data(), text.size());
  for (const auto& [key, tensor] : contents) {
    writer.writeRecord("data/" + key, tensor.data_ptr(), tensor.nbytes());
  }
  writer.writeEndOfFile();
  write_file_atomically(path, bytes);
}

}  // namespace v1
}  // namespace modhost
