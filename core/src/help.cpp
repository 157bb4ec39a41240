#include "help.h"

#include <fmt/format.h>

#include <vector>

#include "command_line.h"
#include "modhost/error.h"
#include "modhost/train.h"
#include "run_components.h"
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
  data prepare NAME          fetch the files that a dataset reads, those that are missing or wrong
  data verify NAME           are they there, with the right size and SHA-256?
  inspect FILE               the weights or masks in a file: names, shapes, types, zeros
  convert FILE OUT           write them as .pt for Python, .safetensors or .npz
  tables DIR... --out FILE   tables of many runs in one .xlsx, a sheet for each, or in one .csv
  plugin new KIND NAME       write a plugin project: model, method, dataset, layer or mask
  plugin check NAME|FILE     prove a plugin: every check in a process of its own

)";

constexpr const char* kOptions =
    R"(
options are written --section.name VALUE, or in a config file

  [method]
  name = "diffmask"
  alpha = 1e-4

Sections are model, dataset, method, mask, train and run. The command line wins over config files,
these over what the components suggest for each other, and that over the defaults. Lists are
written 800,400 on the command line and [800, 400] in a file. N stands for an integer, X for a
number.
)";

using Components = std::vector<const Component*>;

int columns_of(const std::string& text) { return static_cast<int>(display_width(text)); }

// Breaks `text` between words; all lines but the first begin at `column`.
std::string wrapped(const std::string& text, int column) {
  std::string out;
  for (const std::string& line : broken_lines(text, static_cast<size_t>(kWidth - column))) {
    if (!out.empty()) out += "\n" + std::string(static_cast<size_t>(column), ' ');
    out += line;
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

// What is used when nothing is written: "[0.001]", or "[2e-3] (from scl)" for a suggestion.
std::string standard_text(const OptionBase& option, const std::string& key,
                          const Components& strongest_first) {
  if (const auto suggestion = suggestion_for(strongest_first, key)) {
    return fmt::format(" [{}] (from {})", suggestion->value, suggestion->by->name);
  }
  const std::string standard = as_typed(option.default_text());
  return standard.empty() ? "" : " [" + standard + "]";
}

std::string description(const OptionBase& option) {
  const std::string allowed = option.allowed_text();
  return allowed.empty() ? option.help() : option.help() + " (" + allowed + ")";
}

// One block for each option: "  --train.lr X   learning rate (above 0) [0.001]".
std::string options_help(const std::string& section, const Options& options,
                         const Components& strongest_first) {
  std::string text;
  for (const OptionBase* option : options.all()) {
    const std::string key = section + "." + option->name();
    std::string head = fmt::format("  --{} {}", key, placeholder(*option));
    // A head that is too long has a line of its own.
    head += columns_of(head) + 2 > kHelpColumn
                ? "\n" + std::string(kHelpColumn, ' ')
                : std::string(static_cast<size_t>(kHelpColumn - columns_of(head)), ' ');
    const std::string standard = standard_text(*option, key, strongest_first);
    text += head + wrapped(description(*option) + standard, kHelpColumn) + "\n";
  }
  return text;
}

const Component* named(ComponentKind kind, const Settings& written, ComponentSource& source) {
  const std::string name = component_name(written, to_string(kind));
  return name.empty() ? nullptr : &source.get(kind, name);
}

// That it cannot be used is no matter of the help: nobody has asked for it.
const Component* get_if_usable(const std::string& dataset, ComponentSource& source) {
  try {
    return &source.get(ComponentKind::dataset, dataset);
  } catch (const Error&) {
    return nullptr;
  }
}

std::string component_help(const Component& component, const std::string& origin,
                           const Components& strongest_first) {
  const std::string section = to_string(component.kind);
  return fmt::format("\n[{}] {}{}: {}\n{}", section, component.name, origin, component.summary,
                     options_help(section, *component.make_options(), strongest_first));
}

// The options of the masks that the method is to learn, when they have any.
std::string mask_help(const Component& method, const Settings& written, ComponentSource& source) {
  const std::unique_ptr<Options> options = method.make_options();
  const Option<std::string>* option = mask_option(*options);
  if (option == nullptr) return "";
  std::string name = (*option)();
  const OptionTable table = options_of(written, "method");
  if (const auto there = table.find(option->name()); there != table.end()) {
    if (const auto* text = std::get_if<std::string>(&there->second.value)) name = *text;
  }
  const Component& mask = source.get(ComponentKind::mask, name);
  return mask.make_options()->all().empty() ? "" : component_help(mask, "", {});
}

}  // namespace

std::string help_text(const Settings& written, ComponentSource& source) {
  std::string text = kUsage;
  text += "flags\n" + flags_help() + "\nflags of 'plugin'\n" + plugin_flags_help() + kOptions;
  const Component* method = named(ComponentKind::method, written, source);
  const Component* model = named(ComponentKind::model, written, source);
  const Component* dataset = named(ComponentKind::dataset, written, source);
  Components strongest_first;
  for (const Component* one : {model, method}) {
    if (one != nullptr) strongest_first.push_back(one);
  }
  std::string origin;
  if (dataset == nullptr) {
    if (const auto suggestion = suggestion_for(strongest_first, "dataset.name")) {
      dataset = get_if_usable(suggestion->value, source);
      origin = fmt::format(" (from {})", suggestion->by->name);
    }
  }
  if (dataset != nullptr) strongest_first.push_back(dataset);

  if (method != nullptr) text += component_help(*method, "", strongest_first);
  if (method != nullptr) text += mask_help(*method, written, source);
  if (model != nullptr) text += component_help(*model, "", strongest_first);
  if (dataset != nullptr) text += component_help(*dataset, origin, strongest_first);
  text += "\n[train] how the network is trained\n" +
          options_help("train", TrainOptions(), strongest_first);
  text += "\n[run] where and how modhost computes\n" +
          options_help("run", RunOptions(), strongest_first);
  return text;
}

}  // namespace modhost::core
