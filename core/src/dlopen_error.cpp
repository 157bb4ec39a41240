#include "dlopen_error.h"

#include <cxxabi.h>

#include <cstdlib>
#include <string_view>

namespace modhost::core {
namespace {

constexpr std::string_view kUndefined = "undefined symbol: ";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Boost.DLL wraps the useful part: "... (dlerror system message: <text>): Bad file descriptor".
std::string unwrapped(const std::string& text) {
  constexpr std::string_view kStart = "(dlerror system message: ";
  const size_t start = text.find(kStart);
  const size_t end = text.rfind("): ");
  if (start == std::string::npos || end == std::string::npos || end < start) return text;
  return text.substr(start + kStart.size(), end - start - kStart.size());
}

// From the most to the least specific; mangled names tell more than readable ones here.
std::string hint_for(const std::string& text) {
  if (has(text, "GLIBCXX_") || has(text, "CXXABI_")) {
    return "it was built with a newer libstdc++; rebuild it on this machine";
  }
  if (has(text, "GLIBC_")) return "it was built with a newer C library; rebuild it on this machine";
  if (has(text, "libcud") || has(text, "libtorch_cuda") || has(text, "libc10_cuda")) {
    return "it needs CUDA, which this host's LibTorch does not have";
  }
  if (has(text, "cannot open shared object file")) {
    return "install that library, or put it beside the plugin";
  }
  if (!has(text, kUndefined)) return "build it again with modhost_add_plugin()";
  if (has(text, "modhost")) return "it was built with another SDK; rebuild it against this host";
  if (has(text, "3c10") || has(text, "2at") || has(text, "5torch")) {
    return "it was built with another LibTorch; rebuild it against this host";
  }
  if (has(text, "Ss") && !has(text, "__cxx11")) {
    return "it was built with the old std::string (_GLIBCXX_USE_CXX11_ABI=0); rebuild it";
  }
  return "build it with modhost_add_plugin(), which finds undefined symbols at the link";
}

}  // namespace

std::string demangled(const std::string& name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  const std::string out = status == 0 && text != nullptr ? text : name;
  std::free(text);
  return out;
}

LinkerError explain_linker_error(const std::string& text) {
  LinkerError error{unwrapped(text), ""};
  error.hint = hint_for(error.message);
  const size_t start = error.message.find(kUndefined);
  if (start == std::string::npos) return error;
  const size_t name = start + kUndefined.size();
  const size_t end = error.message.find_first_of(" ,)", name);
  const std::string symbol =
      error.message.substr(name, end == std::string::npos ? end : end - name);
  error.message.replace(name, symbol.size(), "'" + demangled(symbol) + "'");
  return error;
}

}  // namespace modhost::core
