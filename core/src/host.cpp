#include "host.h"

#include <fmt/format.h>

#include <cstdio>
#include <new>

#include "command_line.h"
#include "data_command.h"
#include "exit_code.h"
#include "help.h"
#include "modhost/build_info.h"
#include "modhost/error.h"
#include "plugin_components.h"
#include "run_command.h"

namespace modhost::core {
namespace {

int dispatch(const CommandLine& line) {
  switch (line.action) {
    case Action::version:
      fmt::print("modhost {}\n{}\n", MODHOST_VERSION, sdk_build_text());
      return kExitDone;
    case Action::help:
      fmt::print("{}", help_text(written_settings(line), *installed_components(line.plugin_path)));
      return kExitDone;
    case Action::list:
    case Action::info:
      return kExitDone;
    case Action::data_show:
    case Action::data_export:
      return data_command(line, *installed_components(line.plugin_path));
    case Action::run:
    case Action::resume:
      return run_command(line, *installed_components(line.plugin_path));
  }
  return kExitFailed;
}

}  // namespace

int run_host(const std::vector<std::string>& arguments) {
  try {
    return dispatch(parse_command_line(arguments));
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
