#include "mapped_libraries.h"

#include <link.h>

#include <algorithm>
#include <string_view>

namespace modhost::core {
namespace {

struct Family {
  std::string_view prefix;  // of the file's name
  const char* what;
};
constexpr Family kFamilies[] = {
    {"libtorch_cpu.so", "LibTorch"},
    {"libc10.so", "LibTorch's c10"},
    {"libmodhost_sdk.so", "SDK"},
    {"libgomp", "OpenMP"},
    {"libomp", "OpenMP"},
    {"libiomp", "OpenMP"},
};

const char* family_of(const std::string& file) {
  const std::string_view name = std::string_view(file).substr(file.rfind('/') + 1);
  for (const Family& family : kFamilies) {
    if (name.substr(0, family.prefix.size()) == family.prefix) return family.what;
  }
  return nullptr;
}

int collect(dl_phdr_info* info, size_t, void* out) {
  if (info->dlpi_name != nullptr && *info->dlpi_name != '\0') {
    static_cast<std::vector<std::string>*>(out)->push_back(info->dlpi_name);
  }
  return 0;
}

}  // namespace

std::vector<std::string> mapped_libraries() {
  std::vector<std::string> out;
  ::dl_iterate_phdr(collect, &out);
  return out;
}

std::vector<DuplicateLibrary> new_duplicates(const std::vector<std::string>& before,
                                             const std::vector<std::string>& after) {
  std::vector<DuplicateLibrary> out;
  for (const std::string& added : after) {
    const char* what = family_of(added);
    if (what == nullptr || std::find(before.begin(), before.end(), added) != before.end()) continue;
    for (const std::string& there : before) {
      const char* other = family_of(there);
      if (other != nullptr && std::string_view(other) == what) out.push_back({what, there, added});
    }
  }
  return out;
}

}  // namespace modhost::core
