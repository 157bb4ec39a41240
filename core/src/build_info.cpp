#include "build_info.h"

#include <algorithm>

#include "modhost/build_info.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

// In two parts, so that a search of this program does not find its own pattern.
const std::string& opening_mark() {
  static const std::string mark = std::string("MODHOST-") + "BUILD{";
  return mark;
}
constexpr char kClosingMark = '}';
constexpr size_t kLongestText = 4096;

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::optional<BuildInfo> BuildInfo::parse(std::string_view text) {
  const std::string& opening = opening_mark();
  if (text.size() > kLongestText || text.size() <= opening.size()) return std::nullopt;
  if (text.substr(0, opening.size()) != opening || text.back() != kClosingMark) return std::nullopt;
  if (!is_printable(text)) return std::nullopt;

  BuildInfo info;
  info.text_ = text;
  std::string_view rest = text.substr(opening.size(), text.size() - opening.size() - 1);
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    const size_t equals = rest.find('=');
    if (end == std::string_view::npos || equals >= end || equals == 0 || equals + 1 == end) {
      return std::nullopt;
    }
    const std::string key(rest.substr(0, equals));
    if (!info.get(key).empty()) return std::nullopt;
    info.fields_.emplace_back(key, rest.substr(equals + 1, end - equals - 1));
    rest.remove_prefix(end + 1);
  }
  if (info.get("sdk_abi").empty()) return std::nullopt;
  return info;
}

std::string BuildInfo::get(std::string_view key) const {
  for (const auto& [name, value] : fields_) {
    if (name == key) return value;
  }
  return "";
}

std::string BuildInfo::abi_tag() const {
  const std::string torch = get("torch");
  return "mh" + get("sdk_abi") + "-torch" + torch.substr(0, torch.find('+')) + "-cxx" +
         (get("cxx11abi") == "1" ? "11" : "98") + "-" + get("stdlib") + "-" + get("arch") + "-" +
         get("os") + "-" + get("libc");
}

std::optional<BuildInfo> find_build_info(std::string_view bytes) {
  const std::string& opening = opening_mark();
  std::optional<BuildInfo> found;
  for (size_t start = bytes.find(opening); start != std::string_view::npos;
       start = bytes.find(opening, start + 1)) {
    const std::string_view window = bytes.substr(start, kLongestText);
    const size_t end = window.find(kClosingMark);
    if (end == std::string_view::npos) continue;
    std::optional<BuildInfo> info = BuildInfo::parse(window.substr(0, end + 1));
    if (!info) continue;
    if (found && found->text() != info->text()) return std::nullopt;
    found = std::move(info);
  }
  return found;
}

const BuildInfo& host_build_info() {
  static const BuildInfo info = [] {
    std::optional<BuildInfo> parsed = BuildInfo::parse(sdk_build_text());
    check(parsed.has_value(), ErrorCode::internal,
          "the fingerprint of libmodhost_sdk cannot be read: " + std::string(sdk_build_text()));
    return *parsed;
  }();
  return info;
}

}  // namespace modhost::core
