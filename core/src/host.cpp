#include "host.h"

#include <fmt/format.h>

#include <iostream>
#include <new>

#include "command_line.h"
#include "convert_command.h"
#include "data_command.h"
#include "data_prepare.h"
#include "exit_code.h"
#include "help.h"
#include "info_command.h"
#include "inspect_command.h"
#include "list_command.h"
#include "modhost/build_info.h"
#include "modhost/error.h"
#include "plugin_check_command.h"
#include "plugin_new_command.h"
#include "plugin_source.h"
#include "run_command.h"
#include "tables_command.h"

namespace modhost::core {
namespace {

int dispatch(const CommandLine& line) {
  if (line.action == Action::version) {
    std::cout << "modhost " << MODHOST_VERSION << "\n" << sdk_build_text() << "\n";
    return kExitDone;
  }
  if (line.action == Action::plugin_new) return plugin_new_command(line.plugin, std::cout);
  if (line.action == Action::inspect) return inspect_command(line, std::cout);
  if (line.action == Action::convert) return convert_command(line, std::cout);
  if (line.action == Action::tables) return tables_command(line, std::cout);
  PluginSource source(open_catalog(line.plugin_path));
  switch (line.action) {
    case Action::version:
    case Action::plugin_new:
    case Action::inspect:
    case Action::convert:
    case Action::tables:
      break;
    case Action::plugin_check:
      return plugin_check_command(line.check, line.json, source, std::cout);
    case Action::help:
      std::cout << help_text(written_settings(line), source);
      break;
    case Action::list:
      return list_command(source.catalog(), {line.json, line.all}, std::cout);
    case Action::info:
      return info_command(source, line.subject, line.json, std::cout);
    case Action::data_show:
    case Action::data_export:
      return data_command(line, source);
    case Action::data_prepare:
      return data_prepare_command(line, source);
    case Action::data_verify:
      return data_verify_command(line, source);
    case Action::run:
    case Action::resume:
      return run_command(line, source);
  }
  return kExitDone;
}

}  // namespace

int run_host(const std::vector<std::string>& arguments) {
  try {
    const int code = dispatch(parse_command_line(arguments));
    std::cout.flush();
    return code;
  } catch (const Error& error) {
    report(error.full());
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    report("the memory is exhausted");
  } catch (const std::exception& error) {
    report(fmt::format("unexpected failure: {}", error.what()));
  }
  return kExitFailed;
}

}  // namespace modhost::core
