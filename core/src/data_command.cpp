#include "data_command.h"

#include <fmt/format.h>

#include "compute.h"
#include "data_prepare.h"
#include "exit_code.h"
#include "guard.h"
#include "run_command.h"
#include "run_components.h"
#include "signals.h"

namespace modhost::core {

int data_command(const CommandLine& line, ComponentSource& source) {
  Settings settings = written_settings(line);
  set_text(settings, "dataset", kNameKey, line.subject, kCommandLine);
  RunOptions run;
  run.assign("run", "[run]", options_of(settings, "run"));
  set_threads(thread_count(static_cast<int>(run.threads())));
  const auto chosen = choose_dataset(settings, source);
  const auto dataset = make_dataset(chosen);
  {
    StopSignal stop;
    const SignalScope signals(stop, false);
    fetch_when_asked(line, chosen, *dataset, stop);
  }
  const bool show = line.action == Action::data_show;
  guarded(*chosen.entry, show ? "drawing" : "exporting", [&] {
    if (show) {
      dataset->show(line.target);
    } else {
      dataset->export_to(line.target);
    }
  });
  if (!line.quiet) {
    fmt::print("{}  {}\nwritten to {}\n", chosen.entry->name, dataset->describe(), line.target);
  }
  return kExitDone;
}

}  // namespace modhost::core
