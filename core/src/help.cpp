#include "help.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "command_line.h"
#include "modhost/train.h"
#include "run_options.h"
#include "text_table.h"

namespace modhost::core {
namespace {

constexpr int kWidth = 96;
constexpr int kHelpColumn = 34;

constexpr const char* kUsage =
    R"(modhost inspects the modularity of neural networks.

  modhost --method NAME --model NAME [options]   run a method on a model (and its usual dataset)

commands
  run [options]              the default; a run that was interrupted is continued
  resume DIR                 continue the run in the folder DIR
  list                       installed plugins and what they provide
  info NAME|FILE             a component or a plugin, with its options
  data show NAME --out FILE  draw samples of a dataset as a picture
  data export NAME DIR       write a dataset in the format of its official files

)";

constexpr const char* kOptions =
    R"(
options are written --section.name VALUE, or in a config file

  [method]
  name = "diffmask"
  alpha = 1e-4

Sections are model, dataset, method, train and run. The command line wins over config files, these
over what the components suggest for each other, and that over the defaults. Lists are written
800,400 on the command line and [800, 400] in a file. N stands for an integer, X for a number.
)";

int columns_of(const std::string& text) { return static_cast<int>(display_width(text)); }

// Breaks `text` between words; all lines but the first begin at `column`.
std::string wrapped(const std::string& text, int column) {
  std::string out;
  int at = column;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(' ', start), text.size());
    const std::string word = text.substr(start, end - start);
    const int length = columns_of(word);
    if (at > column && at + 1 + length > kWidth) {
      out += "\n" + std::string(static_cast<size_t>(column), ' ');
      at = column;
    } else if (at > column) {
      out += ' ';
      ++at;
    }
    out += word;
    at += length;
    start = end + 1;
  }
  return out;
}

// A TOML value as one types it on a command line: ["a", "b"] -> a,b
std::string as_typed(const std::string& toml) {
  std::string text;
  for (const char c : toml) {
    if (c != '[' && c != ']' && c != '"' && c != ' ') text += c;
  }
  return text;
}

// What stands for the value, in one short word.
std::string placeholder(const OptionBase& option) {
  const std::string type = option.type_text();
  const bool is_list = type.compare(0, 5, "list ") == 0;
  std::string word = "TEXT";
  if (type.find("integer") != std::string::npos) word = "N";
  if (type.find("number") != std::string::npos) word = "X";
  if (type.find("true") != std::string::npos) word = "true|false";
  return is_list ? word + "," + word + ",.." : word;
}

std::string description(const OptionBase& option) {
  std::string text = option.help();
  const std::string allowed = option.allowed_text();
  if (!allowed.empty()) text += " (" + allowed + ")";
  const std::string standard = as_typed(option.default_text());
  return standard.empty() ? text : text + " [" + standard + "]";
}

std::string component_help(ComponentKind kind, const Settings& written, ComponentSource& source) {
  const std::string section = to_string(kind);
  const std::string name = component_name(written, section);
  if (name.empty()) return "";
  const Component& component = source.get(kind, name);
  return fmt::format("\n[{}] {}: {}\n{}", section, name, component.summary,
                     options_help(section, *component.make_options()));
}

}  // namespace

std::string options_help(const std::string& section, const Options& options) {
  std::string text;
  for (const OptionBase* option : options.all()) {
    std::string head = fmt::format("  --{}.{} {}", section, option->name(), placeholder(*option));
    // A head that is too long has a line of its own.
    head += columns_of(head) + 2 > kHelpColumn
                ? "\n" + std::string(kHelpColumn, ' ')
                : std::string(static_cast<size_t>(kHelpColumn - columns_of(head)), ' ');
    text += head + wrapped(description(*option), kHelpColumn) + "\n";
  }
  return text;
}

std::string help_text(const Settings& written, ComponentSource& source) {
  std::string text = kUsage;
  text += "flags\n" + flags_help() + kOptions;
  for (const ComponentKind kind :
       {ComponentKind::method, ComponentKind::model, ComponentKind::dataset}) {
    text += component_help(kind, written, source);
  }
  text += "\n[train] how the network is trained\n" + options_help("train", TrainOptions());
  text += "\n[run] where and how modhost computes\n" + options_help("run", RunOptions());
  return text;
}

}  // namespace modhost::core
