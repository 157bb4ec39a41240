#include "command_line.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"

namespace {

using namespace modhost;
using namespace modhost::core;

std::string setting(const CommandLine& line, const std::string& section, const std::string& key) {
  const OptionValue& value = line.settings.at(section).at(key);
  CHECK(value.as_text);
  CHECK(value.origin == "command line");
  return std::get<std::string>(value.value);
}

std::string message_of(const std::vector<std::string>& arguments) {
  try {
    parse_command_line(arguments);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    return error.full();
  }
  return "";
}

TEST_CASE("without a command modhost runs") {
  const CommandLine line = parse_command_line({"--method", "diffmask", "--model", "scl"});
  CHECK(line.action == Action::run);
  CHECK(component_name(line.settings, "method") == "diffmask");
  CHECK(component_name(line.settings, "model") == "scl");
  CHECK(component_name(line.settings, "dataset").empty());
  CHECK(line.text == "modhost --method diffmask --model scl");
}

TEST_CASE("settings are written with a blank, with '=', or as a bare flag") {
  const CommandLine line =
      parse_command_line({"--method.alpha", "1e-4", "--train.lr=2e-3", "--run.fresh"});
  CHECK(setting(line, "method", "alpha") == "1e-4");
  CHECK(setting(line, "train", "lr") == "2e-3");
  CHECK(setting(line, "run", "fresh") == "true");
}

TEST_CASE("negative numbers are values") {
  const CommandLine line = parse_command_line({"--method.logit_init", "-1", "--method.b=-2.5"});
  CHECK(setting(line, "method", "logit_init") == "-1");
  CHECK(setting(line, "method", "b") == "-2.5");
}

TEST_CASE("values may hold '=', dots and blanks, and may be empty") {
  const CommandLine line =
      parse_command_line({"--run.dir=a=b/c.d", "--dataset.path", "my data", "--model.x="});
  CHECK(setting(line, "run", "dir") == "a=b/c.d");
  CHECK(setting(line, "dataset", "path") == "my data");
  CHECK(setting(line, "model", "x").empty());
}

TEST_CASE("the last of two equal settings wins") {
  CHECK(setting(parse_command_line({"--run.seed", "1", "--run.seed", "2"}), "run", "seed") == "2");
}

TEST_CASE("flags of the host are recognised") {
  const CommandLine line = parse_command_line(
      {"--config", "a.toml", "--config=b.toml", "--quiet", "--json", "--plugin-path", "p"});
  CHECK(line.config_files == std::vector<std::filesystem::path>{"a.toml", "b.toml"});
  CHECK(line.plugin_path == std::vector<std::filesystem::path>{"p"});
  CHECK(line.quiet);
  CHECK(line.json);
}

TEST_CASE("commands take their words") {
  CHECK(parse_command_line({"list"}).action == Action::list);
  CHECK(parse_command_line({"resume", "runs/a"}).subject == "runs/a");
  CHECK(parse_command_line({"info", "scl"}).subject == "scl");
  CHECK(parse_command_line({"inspect", "a.pt"}).subject == "a.pt");
  const CommandLine converted = parse_command_line({"convert", "a.pt", "b.npz"});
  CHECK(converted.subject == "a.pt");
  CHECK(converted.target == "b.npz");
  const CommandLine shown = parse_command_line({"data", "show", "raven", "--out", "a.png"});
  CHECK(shown.action == Action::data_show);
  CHECK(shown.subject == "raven");
  CHECK(shown.target == "a.png");
  const CommandLine prepared = parse_command_line({"data", "prepare", "mnist"});
  CHECK(prepared.action == Action::data_prepare);
  CHECK(prepared.subject == "mnist");
  CHECK(parse_command_line({"data", "verify", "mnist"}).action == Action::data_verify);
  const CommandLine exported =
      parse_command_line({"data", "export", "raven", "folder", "--dataset.size", "10"});
  CHECK(exported.action == Action::data_export);
  CHECK(exported.target == "folder");
  CHECK(setting(exported, "dataset", "size") == "10");
}

TEST_CASE("tables takes folders, a file and names of tables") {
  const CommandLine line = parse_command_line(
      {"tables", "runs/a", "runs/b", "--out", "s.xlsx", "--table", "lesions", "--table", "nulls"});
  CHECK(line.action == Action::tables);
  CHECK(line.folders == std::vector<std::filesystem::path>{"runs/a", "runs/b"});
  CHECK(line.target == "s.xlsx");
  CHECK(line.tables == std::vector<std::string>{"lesions", "nulls"});
  CHECK(message_of({"tables", "a"}) == "'modhost tables' needs --out FILE.xlsx or --out FILE.csv");
  CHECK(message_of({"tables"}).find("'modhost tables' needs folders of runs") == 0);
  CHECK(message_of({"list", "--table", "a"}) == "'--table' is a flag of 'modhost tables'");
}

TEST_CASE("wrong use is told with what would be right") {
  CHECK(message_of({"--metod", "a"}) == "unknown flag '--metod'; did you mean '--method'?");
  CHECK(message_of({"--seed", "3"}) == "unknown flag '--seed'; did you mean '--run.seed'?");
  CHECK(message_of({"lst"}) ==
        "unknown command 'lst'; there are run, resume, list, info, data, inspect, convert, tables, "
        "plugin; did you mean "
        "'list'?");
  CHECK(message_of({"--metod.alpha", "1"}) ==
        "unknown section 'metod' in '--metod.alpha'; there are model, dataset, method, mask, "
        "train, run; "
        "did you mean '--method.alpha'?");
  CHECK(message_of({"--method."}) == "'--method.' names no option");
  CHECK(message_of({"resume"}) ==
        "'modhost resume' needs the folder of a run; 'modhost --help' shows the form");
  CHECK(message_of({"data", "shw", "raven"}) ==
        "unknown command 'data shw'; there are data show, data export, data prepare, data verify; "
        "did you mean 'show'?");
  CHECK(message_of({"data", "show", "raven"}) == "'modhost data show' needs --out FILE.png");
  CHECK(message_of({"list", "all"}).find("'all' is one word too many") == 0);
  CHECK(message_of({"--method"}) == "'--method': a value must follow");
  CHECK(message_of({"--quiet=3"}).find("'--quiet'") == 0);
  CHECK(message_of({"--method", "a", "--method", "b"}) == "'--method' is given twice");
}

TEST_CASE("help wins over everything else on the line") {
  CHECK(parse_command_line({"--help", "nonsense"}).action == Action::help);
  CHECK(parse_command_line({"-h"}).action == Action::help);
  CHECK(parse_command_line({"--version"}).action == Action::version);
}

}  // namespace
