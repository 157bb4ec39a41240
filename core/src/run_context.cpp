#include "run_context.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "compute.h"
#include "guard.h"
#include "modhost/files.h"

namespace modhost::core {

void remark(const CommandLine& line, const std::string& text) {
  if (!line.quiet) fmt::print(stderr, "{}\n", text);
}

std::unique_ptr<ModelBase> make_model(const Chosen<ModelEntry>& chosen, const Signature& signature,
                                      ComponentSource& source) {
  const auto layer_kind = [&source](const std::string& name) -> const LayerEntry& {
    return static_cast<const LayerEntry&>(source.get(ComponentKind::layer, name));
  };
  return guarded(*chosen.entry, "building it", [&] {
    return chosen.entry->make({signature, chosen.options, layer_kind});
  });
}

std::unique_ptr<MethodBase> make_method(const Chosen<MethodEntry>& chosen) {
  return guarded(*chosen.entry, "making it", [&] { return chosen.entry->make(chosen.options); });
}

Experiment::Parts shared_parts(const RunContext& context, std::unique_ptr<ModelBase> model,
                               const std::filesystem::path& folder) {
  const RunComponents& components = context.components;
  Experiment::Parts parts;
  parts.model = std::move(model);
  parts.dataset = context.dataset;
  parts.plan = components.train.plan();
  if (const MaskEntry* entry = components.mask.entry) {
    parts.mask =
        guarded(*entry, "making it", [&] { return entry->make(*components.mask.options); });
  }
  parts.folder = folder;
  parts.seed = static_cast<uint64_t>(components.run.seed());
  parts.device = device_named(components.run.device());
  parts.checkpoint_seconds = components.run.checkpoint_seconds();
  parts.progress = context.progress.get();
  parts.stop = &context.stop;
  return parts;
}

std::string results_text(const RunContext& context, const RunWriter& writer,
                         const std::string& status) {
  const Environment& environment = context.folder.environment();
  Results results;
  results.notes = context.notes;
  results.status = status;
  results.command = environment.command;
  results.fingerprint = environment.fingerprint();
  results.config_hash = environment.config_hash;
  results.model = context.components.model.entry->name;
  results.dataset = context.components.dataset.entry->name;
  results.method = context.components.method.entry->name;
  results.scalars = writer.scalars();
  results.headlines = writer.headlines();
  results.tables = writer.tables();
  return to_json(results);
}

Written write_finished(const RunContext& context, const RunWriter& writer,
                       const HeaderLines& header) {
  const Written out{summary_text(header, writer.shown()), results_text(context, writer, kFinished)};
  write_file_atomically(writer.folder() / "summary.txt", out.summary);
  write_file_atomically(writer.folder() / "results.json", out.results);
  return out;
}

}  // namespace modhost::core
