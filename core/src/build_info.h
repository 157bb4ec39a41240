// Build fingerprints: reading them from files and saying in words where two of them differ.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modhost::core {

// The fields of one fingerprint, in the order in which they were written.
class BuildInfo {
 public:
  // Takes the text with its marks, "MODHOST-BUILD{key=value;...}". nullopt when it is none: no
  // marks, longer than 4 KiB, unprintable bytes, a field without a value, a key that comes twice.
  static std::optional<BuildInfo> parse(std::string_view text);

  // "" for a field that is not there.
  std::string get(std::string_view key) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
  const std::string& text() const { return text_; }

  // What install folders are named after: "mh1-torch1.13.0-cxx11-libstdcxx-x86_64-linux-glibc".
  std::string abi_tag() const;

 private:
  std::string text_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The fingerprint in the bytes of a library; nullopt when there is none or when there are two that
// differ. Works for files of any machine, and for damaged ones.
std::optional<BuildInfo> find_build_info(std::string_view bytes);

// The fingerprint of libmodhost_sdk, and so of this host.
const BuildInfo& host_build_info();

}  // namespace modhost::core
