#include "guard.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <new>

#include "modhost/error.h"

namespace modhost::core {
namespace {

bool passes(ErrorCode code) {
  return code == ErrorCode::usage || code == ErrorCode::config || code == ErrorCode::data ||
         code == ErrorCode::io || code == ErrorCode::interrupted;
}

// LibTorch's messages have many lines; the first says what is wrong.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

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
    throw Error(ErrorCode::plugin, who + first_line(error.what_without_backtrace()));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::plugin, who + "the memory is exhausted",
                "a smaller batch or network needs less");
  } catch (const std::exception& error) {
    throw Error(ErrorCode::plugin, who + first_line(error.what()));
  } catch (...) {
    throw Error(ErrorCode::plugin, who + "it threw something that is no std::exception");
  }
}

}  // namespace modhost::core
