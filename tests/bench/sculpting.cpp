// Neural sculpting (Patil et al. 2023, arXiv 2305.18402) of one network in one way, and of twelve
// networks in seventy ways each: training, pruning, detection and files, as a run does it.
#include "benchmarks.h"
#include "guard.h"
#include "measure.h"
#include "modhost/experiment.h"
#include "modhost/method.h"
#include "networks.h"
#include "plugin_source.h"
#include "temporary_folder.h"

namespace modhost::bench {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

// Made by a plugin, with options as on a command line.
template <typename Entry>
auto made(ComponentKind kind, const std::string& name, const std::string& section,
          const Words& settings) {
  static core::PluginSource source(core::open_catalog({MODHOST_PLUGIN_DIR}));
  const auto& entry = static_cast<const Entry&>(source.get(kind, name));
  std::shared_ptr<Options> options = entry.make_options();
  OptionTable table;
  for (const auto& [key, value] : settings) table[key] = {value, "benchmark", true};
  options->assign(section, entry.name, table);
  options->validate();
  return core::guarded(entry, "making it", [&] { return entry.make(options); });
}

struct Work {
  std::string hidden;
  int64_t seeds = 1;
  Words method;
};

// The function graph [4,2,4] at its published settings.
struct Done {
  Seconds seconds;
  double trainings = 0, success = 0;
};

Done sculpt(const Work& work) {
  const TemporaryFolder folder;
  Progress progress;
  StopSignal stop;
  Experiment::Parts parts;
  parts.dataset = made<DatasetEntry>(ComponentKind::dataset, "boolean", "dataset", {});
  Network network;
  network.name = "sculpt";
  network.model = "mlp";
  network.options = {{"init", "kaiming_normal"}, {"hidden", work.hidden}};
  network.signature = parts.dataset->signature();
  parts.model = make(network);
  parts.plan.lr = 0.05;
  parts.plan.weight_decay = 1e-4;
  parts.plan.batch_size = 8;
  parts.plan.epochs = 15;
  parts.seeds = work.seeds;
  parts.folder = folder.path();
  parts.progress = &progress;
  parts.stop = &stop;
  const auto method = made<MethodEntry>(ComponentKind::method, "sculpt", "method", work.method);
  Experiment experiment(std::move(parts));
  Done out;
  out.seconds = timed([&] { method->run(experiment); });
  const auto& scalars = experiment.writer().scalars();
  out.trainings = scalars.at("trainings") + static_cast<double>(work.seeds);
  out.success = scalars.at("success/first");
  return out;
}

Records measure(const std::string& name, const std::vector<Work>& all, int64_t networks,
                const Settings& settings) {
  sculpt(all.front());  // the code of the libraries is in memory then
  Series series;
  Done last;
  const int64_t repeats = settings.repeats > 0 ? settings.repeats : settings.tiny ? 1 : 3;
  for (int64_t repeat = 0; repeat < repeats; ++repeat) {
    Done sum;
    for (const Work& work : all) {
      const Done one = sculpt(work);
      sum.seconds.cpu += one.seconds.cpu;
      sum.seconds.wall += one.seconds.wall;
      sum.trainings += one.trainings;
      sum.success += one.success / static_cast<double>(all.size());
    }
    series.all.push_back(sum.seconds);
    last = sum;
  }
  Json record = begin_record(name, settings);
  record["networks"] = networks;
  record["trainings"] = last.trainings;
  record["success"] = last.success;
  record["cpu_s"] = series.cpu();
  record["wall_s"] = series.wall();
  record["cpu_s_per_training"] = series.cpu() / last.trainings;
  return {record};
}

Records example(const Settings& settings) {
  const Work one{"24", 1, {{"unit_gradients", "70"}, {"wirings", "0"}}};
  return measure("sculpt/example", {one}, 1, settings);
}

Records selection(const Settings& settings) {
  Words method = {{"wirings", "0"}};
  if (settings.tiny) method.emplace_back("unit_gradients", "70,50");
  std::vector<Work> all;
  const std::vector<std::string> widths =
      settings.tiny ? std::vector<std::string>{"12"} : std::vector<std::string>{"24", "36", "48"};
  for (const std::string& width : widths) all.push_back({width, 4, method});
  return measure("sculpt/selection", all, 4 * static_cast<int64_t>(widths.size()), settings);
}

}  // namespace

std::vector<Benchmark> sculpting_benchmarks() {
  return {{"sculpt/example", example}, {"sculpt/selection", selection}};
}

}  // namespace modhost::bench
