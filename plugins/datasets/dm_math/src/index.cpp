#include "index.h"

#include <modhost/count_text.h>
#include <modhost/error.h>

#include <algorithm>
#include <bitset>
#include <set>

#include "text_files.h"

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;
using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

class Scanner : public Visitor {
 public:
  bool wants(const TextFile& file) override {
    check(modules_[file.part].insert(file.module).second, ErrorCode::data,
          "'" + file.place + "' is there twice");
    place_ = file.place;
    lines_ = 0;
    return true;
  }

  void read(std::string_view piece) override {
    for (const char letter : piece) seen_.set(static_cast<unsigned char>(letter));
    if (!strange()) {
      lines_ += std::count(piece.begin(), piece.end(), '\n');
      return;
    }
    const auto bad = std::find_if(piece.begin(), piece.end(), [](char c) { return !allowed(c); });
    throw Error(ErrorCode::data,
                "line " + modhost::count_text(lines_ + 1 + std::count(piece.begin(), bad, '\n')) +
                    " of '" + place_ + "' has the byte " +
                    std::to_string(static_cast<unsigned char>(*bad)) +
                    ", which is no printable ASCII");
  }

  void finish() override {}

  Index result() const {
    Index out;
    for (const Part part : kParts)
      out.modules[part] = {modules_[part].begin(), modules_[part].end()};
    for (char letter = ' '; letter <= '~'; ++letter) {
      if (seen_.test(static_cast<size_t>(letter))) out.characters += letter;
    }
    return out;
  }

 private:
  static bool allowed(char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r'; }
  bool strange() const { return (seen_ & ~allowed_).any(); }

  static std::bitset<256> allowed_bytes() {
    std::bitset<256> out;
    for (size_t byte = 0; byte < 128; ++byte) out.set(byte, allowed(static_cast<char>(byte)));
    return out;
  }

  const std::bitset<256> allowed_ = allowed_bytes();
  std::bitset<256> seen_;
  PerPart<std::set<std::string>> modules_;
  std::string place_;
  int64_t lines_ = 0;
};

// `longer` is MODULE_ANYTHING.
bool continues(const std::string& longer, const std::string& module) {
  return longer.size() > module.size() + 1 && longer.compare(0, module.size(), module) == 0 &&
         longer[module.size()] == '_';
}

bool contains(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

std::string file_in(const std::vector<std::string>& modules, const std::string& module, Part part,
                    const fs::path& place) {
  if (contains(modules, module)) return module;
  // The other parts have modules whose names continue those of others: algebra__linear_1d_composed.
  if (part != Part::extrapolate) return "";
  std::vector<std::string> found;
  for (const std::string& name : modules) {
    if (continues(name, module)) found.push_back(name);
  }
  check(found.size() <= 1, ErrorCode::data,
        "'" + place.string() + "' has more than one file of module '" + module + "' in '" +
            folder_name(part) + "': " + modhost::join(found));
  return found.empty() ? "" : found.front();
}

}  // namespace

Index scan(const fs::path& place) {
  Scanner scanner;
  visit(place, scanner);
  return scanner.result();
}

PerPart<std::string> files_of_module(const Index& index, const std::string& module,
                                     const fs::path& place) {
  std::set<std::string> known;
  for (const Part part : kDifficulties) {
    known.insert(index.modules[part].begin(), index.modules[part].end());
  }
  check(!known.empty(), ErrorCode::data,
        "'" + place.string() + "' has no files like 'train-easy/algebra__linear_1d.txt'");
  const std::vector<std::string> names(known.begin(), known.end());
  check(known.count(module) > 0, ErrorCode::config,
        "option 'dataset.module': '" + place.string() + "' has no module '" + module +
            "'; it has " + std::to_string(names.size()),
        modhost::did_you_mean(module, names));
  PerPart<std::string> out;
  for (const Part part : kParts) {
    out[part] = file_in(index.modules[part], module, part, place);
    check(!out[part].empty() || part > Part::hard, ErrorCode::data,
          "'" + place.string() + "' has no '" + folder_name(part) + "/" + module + ".txt'");
  }
  return out;
}

}  // namespace modhost_dm_math
