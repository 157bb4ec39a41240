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
#include "run_folder.h"
#include "signals.h"
#include "summary.h"
#include "terminal_width.h"

namespace modhost::core {
namespace {

// Words beside the work: neither results nor errors.
void remark(const CommandLine& line, const std::string& text) {
  if (!line.quiet) fmt::print(stderr, "{}\n", text);
}

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
  const bool damaged = error.code() == ErrorCode::data && error.hint().empty() &&
                       message.find((folder / "checkpoints").string()) != std::string::npos;
  if (!damaged) return error;
  return Error(error.code(), message,
               fmt::format("remove the file, and 'modhost resume {}' computes this stage anew",
                           folder.string()));
}

Results make_results(const std::string& status, const RunComponents& components,
                     const RunFolder& folder, const RunWriter& writer,
                     const std::vector<std::string>& notes) {
  Results results;
  results.notes = notes;
  results.status = status;
  results.command = folder.environment().command;
  results.fingerprint = folder.environment().fingerprint();
  results.config_hash = folder.environment().config_hash;
  results.model = components.model.entry->name;
  results.dataset = components.dataset.entry->name;
  results.method = components.method.entry->name;
  results.scalars = writer.scalars();
  results.tables = writer.tables();
  return results;
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

// The layer kinds that the model names come from `source`, too.
std::unique_ptr<ModelBase> make_model(const Chosen<ModelEntry>& chosen, const Signature& signature,
                                      ComponentSource& source) {
  const auto layer_kind = [&source](const std::string& name) -> const LayerEntry& {
    return static_cast<const LayerEntry&>(source.get(ComponentKind::layer, name));
  };
  return guarded(*chosen.entry, "building it", [&] {
    return chosen.entry->make({signature, chosen.options, layer_kind});
  });
}

// The run from the moment its folder is there. Holds what must outlive the experiment.
class Run {
 public:
  Run(const CommandLine& line, const RunComponents& components, RunFolder& folder,
      std::unique_ptr<DatasetBase> dataset, std::unique_ptr<ModelBase> model, StopSignal& stop)
      : line_(line),
        components_(components),
        folder_(folder),
        progress_(make_progress(line)),
        stop_(stop) {
    make_experiment(std::move(dataset), std::move(model));
  }

  int compute() {
    try {
      check(!stop_.requested(), ErrorCode::interrupted, "interrupted");
      const auto method = guarded(*components_.method.entry, "making it", [&] {
        return components_.method.entry->make(components_.method.options);
      });
      guarded(*components_.method.entry, "running", [&] { method->run(*experiment_); });
    } catch (const Error& error) {
      progress_.reset();  // ends a half-drawn line before anything else is written
      const bool interrupted = error.code() == ErrorCode::interrupted;
      write_unfinished(interrupted ? kInterrupted : kFailed);
      if (!interrupted) throw with_way_out(error, folder_.path());
      report(fmt::format("interrupted; 'modhost resume {}' goes on", folder_.path().string()));
      return kExitInterrupted;
    }
    progress_.reset();
    finish();
    return kExitDone;
  }

 private:
  void make_experiment(std::unique_ptr<DatasetBase> dataset, std::unique_ptr<ModelBase> model) {
    const ModelEntry& entry = *components_.model.entry;
    Experiment::Parts parts;
    parts.model = std::move(model);
    header_ = {{components_.dataset.entry->name, dataset->describe()},
               {entry.name, fmt::format("{}, {} parameters", parts.model->signature().text(),
                                        count_text(parts.model->parameter_count()))},
               {components_.method.entry->name, components_.method.entry->summary}};
    const std::string weights = begin_with_weights(*components_.model.options, parts);
    if (!weights.empty()) header_.emplace_back("weights", weights);
    notes_ = parts.model->notes();
    for (const std::string& note : notes_) {
      remark(line_, fmt::format("{}: {}", entry.name, note));
      header_.emplace_back("", note);
    }
    parts.dataset = std::move(dataset);
    parts.plan = components_.train.plan();
    parts.seeds = components_.train.seeds();
    parts.network = components_.train.network();
    parts.folder = folder_.path();
    parts.seed = static_cast<uint64_t>(components_.run.seed());
    parts.device = device_named(components_.run.device());
    parts.checkpoint_seconds = components_.run.checkpoint_seconds();
    parts.progress = progress_.get();
    parts.stop = &stop_;
    experiment_ = std::make_unique<Experiment>(std::move(parts));
  }

  void finish() {
    const std::string summary = summary_text(header_, experiment_->writer().shown());
    const std::string results =
        to_json(make_results(kFinished, components_, folder_, experiment_->writer(), notes_));
    write_file_atomically(folder_.path() / "summary.txt", summary);
    write_file_atomically(folder_.path() / "results.json", results);
    print_end(line_, results, summary, folder_.path().string());
  }

  // Best effort: the folder may be full or gone, and that is then the error to tell.
  void write_unfinished(const std::string& status) {
    try {
      write_file_atomically(
          folder_.path() / "results.json",
          to_json(make_results(status, components_, folder_, experiment_->writer(), notes_)));
    } catch (const Error&) {
    }
  }

  const CommandLine& line_;
  const RunComponents& components_;
  RunFolder& folder_;
  std::unique_ptr<Progress> progress_;
  StopSignal& stop_;
  HeaderLines header_;
  std::vector<std::string> notes_;
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
    return Run(line, *components, folder, std::move(dataset), std::move(model), stop).compute();
  } catch (const Error& error) {
    const bool refused = error.code() == ErrorCode::config || error.code() == ErrorCode::data;
    if (refused) folder.discard_unused();
    throw;
  }
}

}  // namespace modhost::core
