#include "run_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "builds.h"
#include "compute.h"
#include "config_file.h"
#include "data_prepare.h"
#include "exit_code.h"
#include "guard.h"
#include "make_progress.h"
#include "modhost/error.h"
#include "modhost/experiment.h"
#include "modhost/files.h"
#include "modhost/method.h"
#include "modhost/weights.h"
#include "progress_line.h"
#include "results_file.h"
#include "run_components.h"
#include "run_context.h"
#include "run_folder.h"
#include "run_states.h"
#include "signals.h"
#include "summary.h"
#include "terminal_width.h"

namespace modhost::core {
namespace {

void print_end(const CommandLine& line, const std::string& results, const std::string& summary,
               const std::string& folder) {
  if (line.json) {
    fmt::print("{}\n", results_event(results, folder));
  } else {
    fmt::print("{}\nEverything lies in {}\n", broken_summary(summary, reading_width()), folder);
  }
  std::fflush(stdout);
}

Environment describe(const CommandLine& line, const RunComponents& components,
                     const ComponentSource& source, int threads) {
  Environment environment;
  environment.command = line.text;
  environment.config_hash = config_hash(components.config());
  environment.builds = builds(source);
  environment.machine = {{"cpu", cpu_text()},
                         {kThreadsKey, std::to_string(threads)},
                         {"device", components.run.device()},
                         {"started", time_text()}};
  return environment;
}

// Sums of many numbers are rounded in the order that the threads give, so a run goes on with the
// number of threads that it was begun with, also on a machine with another number of cores.
int threads_of(const RunFolder& folder, int requested) {
  const int begun = folder.environment().threads();
  if (begun == 0) return thread_count(requested);
  check(requested == 0 || requested == begun, ErrorCode::config,
        fmt::format("the run in '{}' was begun with --run.threads {} and cannot go on with {}: "
                    "sums would be rounded otherwise",
                    folder.path().string(), begun, requested),
        "leave it out to go on; to start anew choose another folder by --run.dir DIR, or take "
        "--run.fresh true, which throws away what is there");
  return begun;
}

// The same error; for a damaged checkpoint with a way out.
Error with_way_out(const Error& error, const std::filesystem::path& folder) {
  const std::string message = error.what();
  const size_t in_folder = message.find(folder.string());
  const bool damaged = error.code() == ErrorCode::data && error.hint().empty() &&
                       in_folder != std::string::npos &&
                       message.find("/checkpoints/", in_folder) != std::string::npos;
  if (!damaged) return error;
  return Error(error.code(), message,
               fmt::format("remove the file, and 'modhost resume {}' computes this stage anew",
                           folder.string()));
}

// Loads the weights into the model when [model] names a file; returns what to tell about them.
// Error(data) when they do not fit.
std::string begin_with_weights(const Options& model_options, Experiment::Parts& parts) {
  const auto* options = model_options.adopted<WeightsOptions>();
  if (options == nullptr || options->weights().empty()) return "";
  const WeightsFile file = read_weights(*options);
  load_weights(*parts.model, file, options->weights());
  parts.begin = options->finetune() ? Experiment::Begin::weights : Experiment::Begin::network;
  return fmt::format("{} tensors of {} ({}{}){}{}", file.tensors.size(), options->weights(),
                     file.format, file.key.empty() ? "" : ", table " + file.key,
                     options->mask().empty() ? "" : ", under the mask " + options->mask(),
                     options->finetune() ? ", trained further" : ", not trained");
}

// The run from the moment its folder is there. Holds what must outlive the experiment.
class Run {
 public:
  Run(RunContext context, std::unique_ptr<ModelBase> model) : context_(std::move(context)) {
    make_experiment(std::move(model));
  }

  int compute() {
    const std::string folder = context_.folder.path().string();
    try {
      check(!context_.stop.requested(), ErrorCode::interrupted, "interrupted");
      run_method();
    } catch (const Error& error) {
      context_.progress.reset();  // ends a half-drawn line before anything else is written
      const bool interrupted = error.code() == ErrorCode::interrupted;
      write_unfinished(interrupted ? kInterrupted : kFailed);
      if (!interrupted) throw with_way_out(error, context_.folder.path());
      report(fmt::format("interrupted; 'modhost resume {}' goes on", folder));
      return kExitInterrupted;
    }
    context_.progress.reset();
    const Written end = write_finished(context_, experiment_->writer(), context_.header);
    print_end(context_.line, end.results, end.summary, folder);
    return kExitDone;
  }

 private:
  void make_experiment(std::unique_ptr<ModelBase> model) {
    const RunComponents& components = context_.components;
    const ModelEntry& entry = *components.model.entry;
    HeaderLines& header = context_.header;
    header = {{components.dataset.entry->name, context_.dataset->describe()},
              {entry.name, fmt::format("{}, {} parameters", model->signature().text(),
                                       count_text(model->parameter_count()))},
              {components.method.entry->name, components.method.entry->summary}};
    Experiment::Parts parts = shared_parts(context_, std::move(model), context_.folder.path());
    const std::string weights = begin_with_weights(*components.model.options, parts);
    if (!weights.empty()) header.emplace_back("weights", weights);
    context_.notes = parts.model->notes();
    for (const std::string& note : context_.notes) {
      remark(context_.line, fmt::format("{}: {}", entry.name, note));
      header.emplace_back("", note);
    }
    parts.seeds = components.train.seeds();
    parts.network = components.train.network();
    parts.every_network = components.train.every_network();
    parts.checkpoints = parse_checkpoints(components.train.checkpoints());
    experiment_ = std::make_unique<Experiment>(std::move(parts));
  }

  void run_method() {
    const auto method = make_method(context_.components.method);
    guarded(*context_.components.method.entry, "running", [&] {
      if (has_states(context_.components.train)) {
        run_on_states(context_, *experiment_);
      } else {
        method->run(*experiment_);
      }
    });
  }

  // Best effort: the folder may be full or gone, and that is then the error to tell.
  void write_unfinished(const std::string& status) {
    try {
      write_file_atomically(context_.folder.path() / "results.json",
                            results_text(context_, experiment_->writer(), status));
    } catch (const Error&) {
    }
  }

  RunContext context_;
  std::unique_ptr<Experiment> experiment_;
};

}  // namespace

Settings written_settings(const CommandLine& line) {
  Settings settings;
  if (line.action == Action::resume) {
    settings = read_config(stored_config(line.subject));
    set_text(settings, "run", "dir", line.subject, kCommandLine);
  }
  for (const auto& file : line.config_files) merge(settings, read_config(file));
  merge(settings, line.settings);
  return settings;
}

int run_command(const CommandLine& line, ComponentSource& source) {
  // Before the folder is there and after the method has ended as well: every stop ends alike.
  StopSignal stop;
  const SignalScope signals(stop, !line.quiet);
  const auto components = choose_components(written_settings(line), source);
  const int threads = static_cast<int>(components->run.threads());
  device_named(components->run.device());
  auto dataset = make_dataset(components->dataset);
  fetch_when_asked(line, components->dataset, *dataset, stop);
  check_signature(*components->model.entry, *components->dataset.entry, dataset->signature(),
                  source);
  // Before the plugins are noted down: it may load those of layer kinds.
  auto model = make_model(components->model, dataset->signature(), source);

  RunFolder folder(components->folder(), resolved_text(components->config()),
                   describe(line, *components, source, thread_count(threads)),
                   components->run.fresh());
  if (folder.state() == RunFolder::State::finished) {
    remark(line,
           fmt::format("this run was finished earlier; '--run.fresh true' computes it anew\n"));
    print_end(line, folder.stored_results(), folder.stored_summary(), folder.path().string());
    return kExitDone;
  }
  const int begun_with = threads_of(folder, threads);
  set_threads(begun_with);
  const std::string warning = blas_warning();
  if (!warning.empty()) remark(line, "warning: " + warning);
  if (folder.continued()) {
    const bool as_usual = begun_with == thread_count(threads);
    remark(line,
           fmt::format(
               "continuing the run in {}{}", folder.path().string(),
               as_usual ? "" : fmt::format(" with --run.threads {}, as it was begun", begun_with)));
  }
  try {
    RunContext context{
        line, *components, source, folder, stop, std::move(dataset), make_progress(line)};
    return Run(std::move(context), std::move(model)).compute();
  } catch (const Error& error) {
    const bool refused = error.code() == ErrorCode::config || error.code() == ErrorCode::data;
    if (refused) folder.discard_unused();
    throw;
  }
}

}  // namespace modhost::core
