#include "official_files.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/files.h>

#include <algorithm>

namespace modhost_scan {
namespace {

namespace fs = std::filesystem;
using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

constexpr uint64_t kLargestFile = 64 << 20;  // bytes; the published ones have up to 4 MB
constexpr size_t kShownText = 60;            // characters of a bad line in a message
constexpr std::string_view kIn = "IN: ";
constexpr std::string_view kOut = " OUT: ";

std::string file_name(Division division, bool train) {
  return std::string("tasks_") + (train ? "train_" : "test_") + info(division).file_name + ".txt";
}

constexpr const char* kAddress =
    "https://raw.githubusercontent.com/brendenlake/SCAN/master/";  // sizes: nowhere published

// Whatever bytes a file holds, a message stays one readable line.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kShownText));
  for (char& letter : out) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return text.size() > kShownText ? "'" + out + "...'" : "'" + out + "'";
}

// One line; errors begin with the place.
class LineReader {
 public:
  LineReader(const std::string& file, int64_t line)
      : place_("line " + std::to_string(line) + " of '" + file + "'") {}

  Command read(std::string_view line) const {
    const size_t out = line.find(kOut);
    if (line.substr(0, kIn.size()) != kIn || out == std::string_view::npos) {
      refuse(": " + shown(line) + " is not like 'IN: jump twice OUT: I_JUMP I_JUMP'");
    }
    const std::string_view words = line.substr(kIn.size(), out - kIn.size());
    const std::string_view actions = line.substr(out + kOut.size());
    const auto command = command_of(tokens(words, word_names()));
    if (!command) refuse(": " + shown(words) + " is no command of the grammar");
    const auto found = tokens(actions, action_names());
    const auto& meant = command->actions;
    if (!std::equal(found.begin(), found.end(), meant.begin(), meant.end())) {
      refuse(": " + shown(words) + " means " + shown(actions_text(*command)) + ", the file says " +
             shown(actions));
    }
    return *command;
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& hint = "") const {
    throw Error(ErrorCode::data, place_ + what, hint);
  }

  std::vector<uint8_t> tokens(std::string_view text, const std::vector<std::string>& names) const {
    std::vector<uint8_t> out;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(' ', begin), text.size());
      const std::string_view word = text.substr(begin, end - begin);
      const auto found = std::find(names.begin(), names.end(), word);
      if (found == names.end()) {
        refuse(": unknown word " + shown(word),
               modhost::did_you_mean(word.substr(0, kShownText), names));
      }
      out.push_back(static_cast<uint8_t>(found - names.begin()));
      begin = end + 1;
    }
    return out;
  }

  std::string place_;
};

}  // namespace

fs::path official_file(const fs::path& folder, Division division, bool train) {
  const std::string name = file_name(division, train);
  for (const fs::path& path : {folder / info(division).folder / name, folder / name}) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path;
  }
  throw Error(ErrorCode::data,
              "there is no '" + name + "' in '" + folder.string() + "' or in its folder '" +
                  info(division).folder + "'",
              "the files of github.com/brendenlake/SCAN are needed");
}

modhost::DataFile data_file(const fs::path& folder, Division division, bool train) {
  const std::string plain = file_name(division, train);
  const std::string name = std::string(info(division).folder) + "/" + plain;
  std::error_code ignored;
  const bool is_plain = !fs::exists(folder / name, ignored) && fs::exists(folder / plain, ignored);
  return {is_plain ? plain : name, 0, "", {kAddress + name}};
}

std::vector<Command> parse_commands(std::string_view text, const std::string& file) {
  std::vector<Command> out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    out.push_back(LineReader(file, static_cast<int64_t>(out.size()) + 1).read(line));
    begin = end + 1;
  }
  return out;
}

std::vector<Command> read_part(const fs::path& folder, Division division, bool train) {
  const fs::path path = official_file(folder, division, train);
  auto commands = parse_commands(modhost::read_file(path, kLargestFile), path.string());
  const auto count = static_cast<int64_t>(commands.size());
  const int64_t published = train ? info(division).train : info(division).test;
  check(count == published, ErrorCode::data,
        "'" + path.string() + "' has " + modhost::count_text(count) +
            " commands, the published file has " + modhost::count_text(published),
        "fetch it again");
  return commands;
}

void write_part(const fs::path& folder, Division division, bool train,
                const std::vector<Command>& commands) {
  const fs::path inside = folder / info(division).folder;
  modhost::make_folder(inside);
  std::string text;
  for (const Command& command : commands) {
    text.append(kIn).append(words_text(command));
    text.append(kOut).append(actions_text(command)).append("\n");
  }
  modhost::write_file_atomically(inside / file_name(division, train), text);
}

}  // namespace modhost_scan
