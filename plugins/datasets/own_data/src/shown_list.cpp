#include "shown_list.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <algorithm>

namespace modhost_own_data {

std::string shown_list(const std::vector<std::string>& names) {
  constexpr size_t kMost = 20;
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    parts.push_back(modhost::shown(names[i]));
  }
  const std::string text = modhost::join(parts);
  if (names.size() <= kMost) return text;
  return text + " and " + modhost::count_text(static_cast<int64_t>(names.size() - kMost)) + " more";
}

}  // namespace modhost_own_data
