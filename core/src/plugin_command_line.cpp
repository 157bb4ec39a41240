#include "plugin_command_line.h"

#include <fmt/format.h>

#include "manifest.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

std::string take(Words& positional, const std::string& what, const std::string& form) {
  check(!positional.empty(), ErrorCode::usage, "'modhost plugin' needs " + what, form);
  std::string word = positional.front();
  positional.erase(positional.begin());
  return word;
}

constexpr const char* kNewForm =
    "write 'modhost plugin new model NAME'; besides model there are method, dataset, layer and mask";
constexpr const char* kCheckForm = "write 'modhost plugin check NAME' or a path to a plugin";

ComponentKind kind_named(const std::string& word) {
  Words known;
  for (const ComponentKind kind : component_kinds()) {
    if (to_string(kind) == word) return kind;
    known.push_back(to_string(kind));
  }
  const std::string near = did_you_mean(word, known);
  throw Error(ErrorCode::usage,
              fmt::format("unknown kind of plugin '{}'; there are {}", word, join(known)),
              near.empty() ? kNewForm : near);
}

Words split(const std::string& list) {
  Words out;
  for (size_t start = 0; start <= list.size();) {
    const size_t end = std::min(list.find(',', start), list.size());
    if (end > start) out.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

void read_check(CommandLine& line, Words& positional, const po::variables_map& map) {
  line.action = Action::plugin_check;
  CheckRequest& request = line.check;
  request.list = map["list"].as<bool>();
  if (!request.list || !positional.empty()) {
    request.subject = take(positional, "the name of a component or plugin, or a path", kCheckForm);
  }
  if (map.count("only") != 0) {
    for (const std::string& one : map["only"].as<Words>()) {
      for (const std::string& id : split(one)) request.only.push_back(id);
    }
  }
  if (map.count("seed") != 0) request.seed = map["seed"].as<uint64_t>();
  request.in_process = map["in-process"].as<bool>();
  if (map.count("level") == 0) return;
  const auto level = map["level"].as<std::string>();
  check(level == "quick" || level == "full", ErrorCode::usage,
        fmt::format("'--level {}': the levels are quick and full", level),
        did_you_mean(level, {"quick", "full"}));
  request.full = level == "full";
}

}  // namespace

po::options_description plugin_flags() {
  constexpr unsigned kLineLength = 96;
  po::options_description out("plugin flags", kLineLength, kLineLength / 2);
  auto add = out.add_options();
  add("dir", po::value<std::string>()->value_name("DIR"),
      "'plugin new' writes into this new folder instead of ./NAME");
  add("list", po::bool_switch(), "'plugin check' tells what it would check");
  add("only", po::value<Words>()->value_name("IDS"),
      "'plugin check' runs only these checks, as port-* or lib-mark,lib-abi");
  add("seed", po::value<uint64_t>()->value_name("N"), "seed of 'plugin check' (1)");
  add("level", po::value<std::string>()->value_name("LEVEL"),
      "how much 'plugin check' does: quick (default) or full");
  add("in-process", po::bool_switch(), "'plugin check' starts no processes, for a debugger");
  return out;
}

void read_plugin_command(CommandLine& line, Words& positional, const po::variables_map& map) {
  const std::string verb = take(positional, "'new' or 'check'", "'modhost --help' shows the form");
  if (verb == "check") {
    read_check(line, positional, map);
    return;
  }
  check(verb == "new", ErrorCode::usage,
        fmt::format("unknown command 'plugin {}'; there are 'plugin new' and 'plugin check'", verb),
        did_you_mean(verb, {"new", "check"}));
  line.action = Action::plugin_new;
  line.plugin.kind = kind_named(take(positional, "a kind", kNewForm));
  line.plugin.name = take(positional, "a name", kNewForm);
  if (map.count("dir") != 0) line.plugin.folder = map["dir"].as<std::string>();
}

void refuse_plugin_flags(const po::variables_map& map) {
  const po::options_description all = plugin_flags();
  for (const auto& flag : all.options()) {
    const std::string& name = flag->long_name();
    if (map.count(name) == 0 || map[name].defaulted()) continue;
    check(name != "seed", ErrorCode::usage, "unknown flag '--seed'", "did you mean '--run.seed'?");
    throw Error(ErrorCode::usage, fmt::format("'--{}' is a flag of 'modhost plugin'", name),
                "'modhost --help' shows the form");
  }
}

}  // namespace modhost::core
