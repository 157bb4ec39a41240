#include "torch_zip.h"

#include <cstring>

#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr const char* kPickle = "data.pkl";

// "data/0" of "archive/data/0"; "" for a member outside of any folder.
std::string inner_path(const std::string& name) {
  const size_t slash = name.find('/');
  return slash == std::string::npos ? "" : name.substr(slash + 1);
}

}  // namespace

bool TorchZip::is_one(const detail::ZipArchive& archive) {
  for (const auto& member : archive.members()) {
    if (inner_path(member.name) == kPickle) return true;
  }
  return false;
}

TorchZip::TorchZip(const detail::ZipArchive& archive) : archive_(archive) {
  for (size_t i = 0; i < archive.members().size(); ++i) {
    const auto& [name, size] = archive.members()[i];
    const std::string path = inner_path(name);
    size_ += size;
    if (path.empty()) continue;
    if (!members_.emplace(path, i).second) fail("member '" + shown(path) + "' occurs twice");
    if (path == "constants.pkl" || path.compare(0, 5, "code/") == 0) is_script_ = true;
  }
  if (members_.count("byteorder") != 0 && member("byteorder") != "little") {
    fail("it was written by a big-endian machine");
  }
  pickle_ = member(kPickle);
  document_ = std::make_unique<Document>(pickle_, archive.path());
}

void TorchZip::fail(const std::string& what) const {
  throw Error(ErrorCode::data, "cannot read '" + archive_.path() + "': " + what);
}

std::string TorchZip::member(const std::string& path) const {
  const auto found = members_.find(path);
  if (found == members_.end()) fail("member '" + shown(path) + "' is missing");
  return archive_.read(found->second);
}

Tensor TorchZip::bytes(const StorageId& id) {
  const auto known = read_.find(id.key);
  if (known != read_.end()) return known->second;
  const std::string content = member("data/" + id.key);
  Tensor bytes = torch::empty({static_cast<int64_t>(content.size())}, torch::kUInt8);
  if (!content.empty()) std::memcpy(bytes.data_ptr(), content.data(), content.size());
  return read_.emplace(id.key, bytes).first->second;
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
