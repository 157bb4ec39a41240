#include "guard.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <cstdlib>
#include <iterator>
#include <new>
#include <stdexcept>

#include "modhost/error.h"

namespace modhost::core {
namespace {

bool passes(ErrorCode code) {
  return code == ErrorCode::usage || code == ErrorCode::config || code == ErrorCode::data ||
         code == ErrorCode::io || code == ErrorCode::interrupted;
}

// LibTorch's messages have many lines; the first says what is wrong.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// "1.2 TB"
std::string bytes_text(double bytes) {
  const char* const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

// LibTorch tells of missing memory by the words of its allocators only.
bool is_about_memory(const std::string& text) {
  for (const char* words : {"not enough memory", "can't allocate memory", "out of memory"}) {
    if (text.find(words) != std::string::npos) return true;
  }
  return false;
}

[[noreturn]] void refuse_size(const std::string& who, const std::string& details = "") {
  const std::string words = "tried to allocate ";
  const size_t at = details.find(words);
  const double bytes =
      at == std::string::npos ? 0 : std::strtod(details.c_str() + at + words.size(), nullptr);
  // Some allocators write "2.00 GiB", which is not counted in bytes.
  const bool in_bytes = bytes > 0 && details.find(" bytes", at) != std::string::npos;
  const std::string what = in_bytes ? bytes_text(bytes) + " at once" : "what it asks for";
  throw Error(ErrorCode::plugin, who + "there is not enough memory for " + what,
              "take smaller sizes");
}

}  // namespace

void rethrow_named(const Component& component, const std::string& doing) {
  const std::string who =
      fmt::format("{} '{}' (plugin '{}') failed while {}: ", to_string(component.kind),
                  component.name, component.owner, doing);
  try {
    throw;
  } catch (const Error& error) {
    if (passes(error.code())) throw;
    throw Error(error.code(), who + error.what(), error.hint());
  } catch (const c10::Error& error) {
    const std::string text = first_line(error.what_without_backtrace());
    if (is_about_memory(text)) refuse_size(who, text);
    throw Error(ErrorCode::plugin, who + text);
  } catch (const std::bad_alloc&) {
    refuse_size(who);
  } catch (const std::length_error&) {
    refuse_size(who);
  } catch (const std::exception& error) {
    throw Error(ErrorCode::plugin, who + first_line(error.what()));
  } catch (...) {
    throw Error(ErrorCode::plugin, who + "it threw something that is no std::exception");
  }
}

}  // namespace modhost::core
