// The index as a file:
//   modhost dm_math index 1
//   SIZE TIME
//   characters  !"...
//   train-easy algebra__linear_1d
#include <modhost/error.h>
#include <modhost/files.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "index.h"
#include "text_files.h"

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "modhost dm_math index 1\n";
constexpr std::string_view kCharacters = "characters ";
constexpr uint64_t kLargestFile = 1 << 22;  // bytes

std::string text_of(const Index& index, const std::string& seen) {
  std::string out(kHead);
  out.append(seen).append("\n").append(kCharacters).append(index.characters).append("\n");
  for (const Part part : kParts) {
    for (const std::string& module : index.modules[part]) {
      out.append(folder_name(part)).append(" ").append(module).append("\n");
    }
  }
  return out;
}

// The next line without its end; nothing when it has none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool is_ordered_ascii(std::string_view text) {
  return std::is_sorted(text.begin(), text.end()) &&
         std::adjacent_find(text.begin(), text.end()) == text.end() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Nothing when the text is of another version, of other data, or damaged.
std::optional<Index> parsed(std::string_view text, const std::string& seen) {
  if (text.substr(0, kHead.size()) != kHead) return std::nullopt;
  text.remove_prefix(kHead.size());
  if (take_line(text) != seen) return std::nullopt;
  const auto characters = take_line(text);
  if (!characters || characters->substr(0, kCharacters.size()) != kCharacters) return std::nullopt;
  Index out;
  out.characters = characters->substr(kCharacters.size());
  if (!is_ordered_ascii(out.characters)) return std::nullopt;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line) return std::nullopt;
    const size_t space = std::min(line->find(' '), line->size());
    const auto part = part_in_folder(line->substr(0, space));
    if (!part || space == line->size()) return std::nullopt;
    out.modules[*part].emplace_back(line->substr(space + 1));
  }
  for (const Part part : kParts) {
    if (!std::is_sorted(out.modules[part].begin(), out.modules[part].end())) return std::nullopt;
  }
  return out;
}

std::optional<Index> kept(const fs::path& file, const std::string& seen) {
  try {
    return parsed(modhost::read_file(file, kLargestFile), seen);
  } catch (const modhost::Error&) {
    return std::nullopt;  // there is none yet
  }
}

}  // namespace

fs::path index_file(const fs::path& place) {
  std::error_code ignored;
  return fs::is_directory(place, ignored) ? place / ".index" : fs::path(place.string() + ".index");
}

Index index_of(const fs::path& place) {
  const std::string seen = fingerprint(place);
  const fs::path file = index_file(place);
  if (auto found = kept(file, seen)) return *found;
  const Index index = scan(place);
  const std::string text = text_of(index, seen);
  // A name with a line break in it cannot be kept.
  const auto again = parsed(text, seen);
  if (!again || !(*again == index)) return index;
  try {
    modhost::write_file_atomically(file, text);
  } catch (const modhost::Error&) {
    // A folder that cannot be written to: it is read in full the next time.
  }
  return index;
}

}  // namespace modhost_dm_math
