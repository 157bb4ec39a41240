// Names of the sheets of a workbook.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace modhost::core {

inline constexpr size_t kLongestSheetName = 31;

// Text that may stand in a workbook: valid UTF-8, no control characters but tabs and line ends, at
// most `most` code points (the last is '…' where some are cut).
std::string workbook_text(std::string_view text, size_t most = 32000);

// Legal names, each different from all others whatever the case.
class SheetNames {
 public:
  // `name`, then `state` ("networks/3" becomes " networks 3"), with '_' for each of []:*?/\'; of
  // a name that is too long the beginning and the last eight characters are kept, since runs of a
  // study often begin alike and end with a hash. A name that is taken gets "~2", "~3", ...
  std::string add(std::string_view name, std::string_view state = "");

 private:
  std::set<std::string> taken_;  // in lower case
};

}  // namespace modhost::core
