#include "modhost/state_file.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tuple>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"
#include "modhost/shown_text.h"
#include "tensor_types.h"

namespace modhost {
inline namespace v1 {
namespace {

using Json = nlohmann::json;  // sorted: the ordered one takes quadratic time for many names

constexpr const char* kMetadata = "__metadata__";

constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr size_t kMostDimensions = 64;
constexpr uint64_t kMostOfEmpty = uint64_t{1} << 48;  // product of the other sizes of [0, ...]

// Where a tensor of the header lies.
struct Place {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string name;
  bool operator<(const Place& other) const {
    return std::tie(begin, end, name) < std::tie(other.begin, other.end, other.name);
  }
};

// A file that is being read: every complaint names it.
class Reader {
 public:
  Reader(const std::filesystem::path& path, const std::string& bytes)
      : path_(path), bytes_(bytes) {}

  Json header() const {
    require(bytes_.size() >= 8, "it ends within the first 8 bytes");
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), 8);
    require(length <= kLongestHeader, "its header claims " + std::to_string(length) + " bytes");
    require(length <= bytes_.size() - 8, "its header claims " + std::to_string(length) +
                                             " bytes, the file has " +
                                             std::to_string(bytes_.size()));
    Json header = Json::parse(bytes_.begin() + 8, bytes_.begin() + 8 + static_cast<long>(length),
                              nullptr, false);
    require(header.is_object(), "its header is no JSON object");
    data_ = 8 + length;
    return header;
  }

  // All tensors, as they follow each other in the file.
  std::vector<Place> places(const Json& header) const {
    std::vector<Place> places;
    uint64_t total = 0;
    for (const auto& [name, entry] : header.items()) {
      if (name == kMetadata) continue;
      places.push_back(place(name, entry));
      total += places.back().end - places.back().begin;
      require(total <= bytes_.size() - data_, "its tensors overlap");
    }
    std::sort(places.begin(), places.end());
    return places;
  }

  Tensor tensor(const Place& place, const Json& entry) const {
    const std::string what = "tensor '" + shown(place.name) + "' ";
    const torch::ScalarType type = type_named(what, entry["dtype"].get<std::string>());
    const auto shape = entry["shape"].get<std::vector<int64_t>>();
    const uint64_t bytes = place.end - place.begin;
    require(shape.size() <= kMostDimensions, what + "has more than 64 dimensions");
    const bool is_empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
    const uint64_t most = is_empty ? kMostOfEmpty : bytes_.size() - data_;
    uint64_t elements = 1;
    for (const int64_t size : shape) {
      const auto next = std::max<uint64_t>(static_cast<uint64_t>(size), 1);
      require(elements <= most / next, what + "is larger than the file");
      elements *= next;
    }
    require((is_empty ? 0 : elements) * c10::elementSize(type) == bytes,
            what + "of shape " + shape_text(shape) + " does not fill its " + std::to_string(bytes) +
                " bytes");
    Tensor tensor = torch::empty(shape, type);
    if (bytes > 0) std::memcpy(tensor.data_ptr(), bytes_.data() + data_ + place.begin, bytes);
    return tensor;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ErrorCode::data, "'" + path_.string() + "' is no usable safetensors file: " + why);
  }

 private:
  void require(bool condition, const std::string& why) const {
    if (!condition) refuse(why);
  }
  Place place(const std::string& name, const Json& entry) const {
    const std::string what = "tensor '" + shown(name) + "' ";
    require(entry.is_object() && entry.contains("dtype") && entry["dtype"].is_string() &&
                entry.contains("shape") && is_sizes(entry["shape"]) &&
                entry.contains("data_offsets") && is_sizes(entry["data_offsets"]) &&
                entry["data_offsets"].size() == 2,
            what + "is not described by dtype, shape and data_offsets");
    const Place place{entry["data_offsets"][0].get<uint64_t>(),
                      entry["data_offsets"][1].get<uint64_t>(), name};
    require(place.begin <= place.end && place.end <= bytes_.size() - data_,
            what + "lies outside the file");
    return place;
  }
  static bool is_sizes(const Json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& size) {
             return size.is_number_unsigned() && size.get<uint64_t>() < (uint64_t{1} << 48);
           });
  }
  torch::ScalarType type_named(const std::string& what, const std::string& name) const {
    const auto* names = detail::named_by(&detail::TypeNames::safetensors, name);
    if (names != nullptr) return names->type;
    refuse(what + "has the unknown type '" + shown(name) + "'");
  }

  const std::filesystem::path& path_;
  const std::string& bytes_;
  mutable size_t data_ = 0;
};

}  // namespace

void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const Metadata& metadata) {
  auto header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const Tensor plain = detail::packed(tensor);
    const size_t begin = data.size();
    data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    header[name] = {{"dtype", detail::names_of(name, plain.scalar_type()).safetensors},
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
  for (const Place& place : reader.places(header)) {
    tensors.emplace_back(place.name, reader.tensor(place, header[place.name]));
  }
  if (metadata == nullptr || !header.contains(kMetadata)) return tensors;
  if (!header[kMetadata].is_object()) reader.refuse("its metadata is no JSON object");
  for (const auto& [key, value] : header[kMetadata].items()) {
    if (!value.is_string()) reader.refuse("its metadata '" + shown(key) + "' is no text");
    (*metadata)[key] = value.get<std::string>();
  }
  return tensors;
}

void save_npz(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<std::pair<std::string, NpyArray>> arrays;
  for (const auto& [name, tensor] : tensors) {
    Tensor plain = detail::packed(tensor);
    const char* numpy = detail::names_of(name, plain.scalar_type()).numpy;
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
    const std::optional<Tensor> tensor = detail::tensor_of(array);
    check(tensor.has_value(), ErrorCode::data,
          "'" + path.string() + "': array '" + name + "' has the type '" + array.descr +
              "', which is no number of a tensor");
    tensors.emplace_back(name, *tensor);
  }
  return tensors;
}

void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  const std::string extension = path.extension().string();
  if (extension == ".pt" || extension == ".pth") return save_torch(path, tensors);
  if (extension == ".safetensors") return save_safetensors(path, tensors);
  if (extension == ".npz") return save_npz(path, tensors);
  throw Error(ErrorCode::usage, "'" + path.string() + "' has no known format to write",
              "call it .pt, .pth, .safetensors or .npz");
}

}  // namespace v1
}  // namespace modhost
