// What a run and the runs on states of its network have in common.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "command_line.h"
#include "component_source.h"
#include "modhost/experiment.h"
#include "modhost/method.h"
#include "results_file.h"
#include "run_components.h"
#include "run_folder.h"
#include "summary.h"

namespace modhost::core {

// All that is referred to outlives it.
struct RunContext {
  const CommandLine& line;
  const RunComponents& components;
  ComponentSource& source;
  RunFolder& folder;
  StopSignal& stop;
  std::shared_ptr<const DatasetBase> dataset;
  std::unique_ptr<Progress> progress;
  HeaderLines header{};
  std::vector<std::string> notes{};  // of the model
};

// Words beside the work: neither results nor errors.
void remark(const CommandLine& line, const std::string& text);

// A new model for the dataset's signature. The layer kinds that it names come from `source`, too.
std::unique_ptr<ModelBase> make_model(const Chosen<ModelEntry>& chosen, const Signature& signature,
                                      ComponentSource& source);

std::unique_ptr<MethodBase> make_method(const Chosen<MethodEntry>& chosen);

// Of an experiment in `folder`: everything that all of them share. What its network is stays open.
Experiment::Parts shared_parts(const RunContext& context, std::unique_ptr<ModelBase> model,
                               const std::filesystem::path& folder);

// results.json as it stands.
std::string results_text(const RunContext& context, const RunWriter& writer,
                         const std::string& status);
// summary.txt and results.json of a finished run; the latter goes last. Returns the two.
struct Written {
  std::string summary;
  std::string results;
};
Written write_finished(const RunContext& context, const RunWriter& writer,
                       const HeaderLines& header);

}  // namespace modhost::core
