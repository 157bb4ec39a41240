#include "modhost/state_file.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"

namespace modhost {
inline namespace v1 {
namespace {

using Json = nlohmann::ordered_json;

struct TypeNames {
  torch::ScalarType type;
  const char* safetensors;
  const char* numpy;  // nullptr: numpy has no such type
};
constexpr TypeNames kTypes[] = {
    {torch::kFloat32, "F32", "<f4"}, {torch::kFloat64, "F64", "<f8"},
    {torch::kFloat16, "F16", "<f2"}, {torch::kBFloat16, "BF16", nullptr},
    {torch::kInt64, "I64", "<i8"},   {torch::kInt32, "I32", "<i4"},
    {torch::kInt16, "I16", "<i2"},   {torch::kInt8, "I8", "|i1"},
    {torch::kUInt8, "U8", "|u1"},    {torch::kBool, "BOOL", "|b1"},
};

const TypeNames& names_of(const std::string& tensor, torch::ScalarType type) {
  for (const TypeNames& names : kTypes) {
    if (names.type == type) return names;
  }
  throw Error(ErrorCode::shape,
              "tensor '" + tensor + "' has a type that no file format here knows");
}

Tensor on_cpu(const Tensor& tensor) { return tensor.detach().to(torch::kCPU).contiguous(); }

// A file that is being read: every complaint names it.
class Reader {
 public:
  Reader(const std::filesystem::path& path, const std::string& bytes)
      : path_(path), bytes_(bytes) {}

  Json header() const {
    require(bytes_.size() >= 8, "it ends within the first 8 bytes");
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), 8);
    require(length <= bytes_.size() - 8, "its header claims " + std::to_string(length) +
                                             " bytes, the file has " +
                                             std::to_string(bytes_.size()));
    Json header = Json::parse(bytes_.begin() + 8, bytes_.begin() + 8 + static_cast<long>(length),
                              nullptr, false);
    require(header.is_object(), "its header is no JSON object");
    data_ = 8 + length;
    return header;
  }

  Tensor tensor(const std::string& name, const Json& entry) const {
    const std::string what = "tensor '" + name + "' ";
    require(entry.is_object() && entry.contains("dtype") && entry["dtype"].is_string() &&
                entry.contains("shape") && is_sizes(entry["shape"]) &&
                entry.contains("data_offsets") && is_sizes(entry["data_offsets"]) &&
                entry["data_offsets"].size() == 2,
            what + "is not described by dtype, shape and data_offsets");
    const torch::ScalarType type = type_named(what, entry["dtype"].get<std::string>());
    const auto shape = entry["shape"].get<std::vector<int64_t>>();
    const auto begin = entry["data_offsets"][0].get<uint64_t>();
    const auto end = entry["data_offsets"][1].get<uint64_t>();
    const uint64_t room = bytes_.size() - data_;
    require(begin <= end && end <= room, what + "lies outside the file");
    uint64_t elements = 1;
    for (const int64_t size : shape) {
      const auto next = static_cast<uint64_t>(size);
      require(next == 0 || elements <= room / next, what + "is larger than the file");
      elements *= next;
    }
    require(elements * c10::elementSize(type) == end - begin,
            what + "of shape " + shape_text(shape) + " does not fill its " +
                std::to_string(end - begin) + " bytes");
    Tensor tensor = torch::empty(shape, type);
    if (end > begin) std::memcpy(tensor.data_ptr(), bytes_.data() + data_ + begin, end - begin);
    return tensor;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ErrorCode::data, "'" + path_.string() + "' is no usable safetensors file: " + why);
  }

 private:
  void require(bool condition, const std::string& why) const {
    if (!condition) refuse(why);
  }
  static bool is_sizes(const Json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& size) {
             return size.is_number_unsigned() && size.get<uint64_t>() < (uint64_t{1} << 48);
           });
  }
  torch::ScalarType type_named(const std::string& what, const std::string& name) const {
    for (const TypeNames& names : kTypes) {
      if (name == names.safetensors) return names.type;
    }
    refuse(what + "has the unknown type '" + name + "'");
  }

  const std::filesystem::path& path_;
  const std::string& bytes_;
  mutable size_t data_ = 0;
};

}  // namespace

void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const Tensor plain = on_cpu(tensor);
    const size_t begin = data.size();
    data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    header[name] = {{"dtype", names_of(name, plain.scalar_type()).safetensors},
                    {"shape", plain.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), 8);
  write_file_atomically(path, bytes + text + data);
}

NamedTensors load_safetensors(const std::filesystem::path& path, Metadata* metadata) {
  const std::string bytes = read_file(path);
  const Reader reader(path, bytes);
  const Json header = reader.header();
  NamedTensors tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      tensors.emplace_back(name, reader.tensor(name, entry));
      continue;
    }
    if (metadata == nullptr) continue;
    if (!entry.is_object()) reader.refuse("its metadata is no JSON object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) reader.refuse("its metadata '" + key + "' is no text");
      (*metadata)[key] = value.get<std::string>();
    }
  }
  return tensors;
}

void save_npz(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<std::pair<std::string, NpyArray>> arrays;
  for (const auto& [name, tensor] : tensors) {
    Tensor plain = on_cpu(tensor);
    const char* numpy = names_of(name, plain.scalar_type()).numpy;
    if (numpy == nullptr) {  // bfloat16 -> float32 loses nothing
      plain = plain.to(torch::kFloat32);
      numpy = "<f4";
    }
    NpyArray array;
    array.descr = numpy;
    array.shape = plain.sizes().vec();
    const auto* bytes = static_cast<const uint8_t*>(plain.data_ptr());
    array.bytes.assign(bytes, bytes + plain.nbytes());
    arrays.emplace_back(name, std::move(array));
  }
  write_npz(path, arrays);
}

NamedTensors load_npz(const std::filesystem::path& path) {
  NamedTensors tensors;
  for (const auto& [name, array] : read_npz(path)) {
    const auto* names = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& type) {
      return type.numpy != nullptr && array.descr == type.numpy;
    });
    check(names != std::end(kTypes), ErrorCode::data,
          "'" + path.string() + "': array '" + name + "' has the type '" + array.descr +
              "', which is no number of a tensor");
    std::vector<int64_t> shape = array.shape;
    if (array.fortran_order) std::reverse(shape.begin(), shape.end());
    Tensor tensor = torch::empty(shape, names->type);
    if (!array.bytes.empty()) {
      std::memcpy(tensor.data_ptr(), array.bytes.data(), array.bytes.size());
    }
    if (array.fortran_order) {
      std::vector<int64_t> back(shape.size());
      for (size_t i = 0; i < back.size(); ++i) back[i] = static_cast<int64_t>(back.size() - 1 - i);
      tensor = tensor.permute(back).contiguous();
    }
    tensors.emplace_back(name, tensor);
  }
  return tensors;
}

}  // namespace v1
}  // namespace modhost
