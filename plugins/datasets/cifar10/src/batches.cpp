#include "batches.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/pickled_dict.h>

#include <algorithm>
#include <map>

namespace modhost_cifar10 {
namespace {

using modhost::LabelledImages;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw modhost::Error(modhost::ErrorCode::data, "cannot use '" + where + "': " + what);
}

void append_label(int64_t label, const std::string& where, int64_t number, LabelledImages& out) {
  if (label < 0 || label >= kClasses) {
    refuse(where, "label " + modhost::count_text(number) + " is " + std::to_string(label) +
                      ", needed are 0 .. 9");
  }
  out.labels.push_back(static_cast<uint8_t>(label));
}

template <typename T>
const T& entry(const std::map<std::string, modhost::PickledEntry>& dict, const char* name,
               const char* needed, const std::string& where) {
  const auto found = dict.find(name);
  const T* value = found == dict.end() ? nullptr : std::get_if<T>(&found->second);
  if (value == nullptr)
    refuse(where, std::string("its '") + name + "' is missing or is no " + needed);
  return *value;
}

}  // namespace

void append_binary(std::string_view bytes, const std::string& where, LabelledImages& out) {
  constexpr size_t kRecord = 1 + kPixels;
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    refuse(where, "it has " + modhost::count_text(static_cast<int64_t>(bytes.size())) +
                      " bytes, needed are images of 3,073 each");
  }
  for (size_t at = 0; at < bytes.size(); at += kRecord) {
    append_label(static_cast<uint8_t>(bytes[at]), where, static_cast<int64_t>(at / kRecord), out);
    const auto pixels = bytes.substr(at + 1, kPixels);
    out.pixels.insert(out.pixels.end(), pixels.begin(), pixels.end());
  }
}

void append_pickled(std::string_view bytes, const std::string& where, LabelledImages& out) {
  const auto dict = modhost::read_pickled_dict(bytes, where);
  const auto& data = entry<modhost::NpyArray>(dict, "data", "array", where);
  const auto& labels = entry<std::vector<int64_t>>(dict, "labels", "list of numbers", where);
  if (data.descr != "|u1" || data.shape.size() != 2 || data.shape[1] != kPixels ||
      data.fortran_order || data.shape[0] == 0) {
    refuse(where, "its 'data' is no array of bytes [n, 3072]");
  }
  if (static_cast<int64_t>(labels.size()) != data.shape[0]) {
    refuse(where, "it has " + modhost::count_text(static_cast<int64_t>(labels.size())) +
                      " labels for " + modhost::count_text(data.shape[0]) + " images");
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    append_label(labels[i], where, static_cast<int64_t>(i), out);
  }
  out.pixels.insert(out.pixels.end(), data.bytes.begin(), data.bytes.end());
}

}  // namespace modhost_cifar10
