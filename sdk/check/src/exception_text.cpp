#include "modhost/conformance/exception_text.h"

#include <c10/util/Exception.h>
#include <cxxabi.h>

#include "demangle.h"
#include "modhost/error.h"

namespace modhost::conformance {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string current_exception_text() {
  try {
    throw;
  } catch (const Error& error) {
    return error.full();
  } catch (const c10::Error& error) {
    return "LibTorch: " + first_line(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return demangled(typeid(error).name()) + ": " + first_line(error.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return "an exception of type " + (type == nullptr ? "?" : demangled(type->name()));
  }
}

bool current_exception_is_clean() {
  try {
    throw;
  } catch (const Error&) {
    return true;
  } catch (const c10::Error&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace modhost::conformance
