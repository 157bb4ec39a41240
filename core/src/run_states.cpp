#include "run_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "guard.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/snapshot.h"
#include "modhost/state_file.h"
#include "progress_line.h"
#include "state_tables.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

// Stages under the name of the state that they belong to.
class LabelledProgress : public Progress {
 public:
  LabelledProgress(Progress& progress, std::string label)
      : progress_(progress), label_(std::move(label)) {}
  void begin(const std::string& stage, int64_t total, const std::string& unit,
             int64_t done) override {
    progress_.begin(label_ + "/" + stage, total, unit, done);
  }
  void update(int64_t done, const Numbers& numbers) override { progress_.update(done, numbers); }
  void end(const std::string& summary) override { progress_.end(summary); }

 private:
  Progress& progress_;
  std::string label_;
};

void run_state(const RunContext& context, const NetworkState& state) {
  const auto& model_entry = context.components.model;
  auto model = make_model(model_entry, context.dataset->signature(), context.source);
  model->load_state(load_safetensors(state.file));
  make_folder(state.folder);
  LabelledProgress progress(*context.progress, state.label);
  Experiment::Parts parts = shared_parts(context, std::move(model), state.folder);
  parts.begin = Experiment::Begin::network;
  parts.trained_samples = state.samples;
  parts.network_is_there = true;
  parts.progress = &progress;
  Experiment experiment(std::move(parts));
  const auto method = make_method(context.components.method);
  method->run(experiment);
  HeaderLines header = context.header;
  header.emplace_back("network", fmt::format("{}, {} {}", state.label, count_text(state.samples),
                                             context.dataset->unit()));
  write_finished(context, experiment.writer(), header);
}

Results stored_results(const fs::path& folder) {
  const fs::path file = folder / "results.json";
  return fs::exists(file) ? parse_results(read_file(file)) : Results();
}

std::vector<NetworkState> states_of(const std::vector<Snapshot>& snapshots) {
  std::vector<NetworkState> out;
  for (const Snapshot& one : snapshots) {
    out.push_back({one.label, one.file, one.file.parent_path(), one.samples});
  }
  return out;
}

// Of a finished training the states cannot be made again one by one.
void check_complete(const CheckpointPlan& plan, const std::vector<Snapshot>& snapshots,
                    const fs::path& folder) {
  check(!plan.pruning || snapshots.size() >= 2, ErrorCode::data,
        fmt::format("the networks before and after pruning are not both in '{}'",
                    (folder / "over_time").string()),
        fmt::format("remove '{}' to train the network anew",
                    (folder / "checkpoints/network.safetensors").string()));
  if (plan.every == 0) return;
  std::set<int64_t> there;
  for (const Snapshot& one : snapshots) there.insert(one.epoch);
  const int64_t last = there.empty() ? 0 : *there.rbegin();
  for (int64_t epoch = 0; epoch <= last; epoch += plan.every) {
    check(there.count(epoch) != 0, ErrorCode::data,
          fmt::format("the network after epoch {} is gone from '{}'", epoch,
                      (folder / "over_time").string()),
          fmt::format("remove '{}' to train the network anew",
                      (folder / "checkpoints/network.safetensors").string()));
  }
}

// Accuracies that the training was to be looked at and never had.
void say_missed(const CheckpointPlan& plan, const std::vector<Snapshot>& snapshots,
                RunWriter& writer) {
  std::string reached = "+";
  for (const Snapshot& one : snapshots) reached += one.label + "+";
  std::vector<std::string> missed;
  for (const double accuracy : plan.accuracies) {
    const std::string label = accuracy_label(accuracy);
    if (reached.find("+" + label + "+") == std::string::npos) missed.push_back(label.substr(4));
  }
  if (missed.empty()) return;
  writer.say(fmt::format("A validation accuracy of {} was never reached.", join(missed, ", of ")));
}

void write_over_time(const CheckpointPlan& plan, const std::vector<Snapshot>& snapshots,
                     const std::vector<Results>& results, RunWriter& writer) {
  writer.table("over_time", over_time_table(snapshots, results));
  for (size_t i = 0; i < results.size(); ++i) {
    for (const std::string& name : results[i].headlines) {
      writer.scalar("over_time/" + snapshots[i].label + "/" + name, results[i].scalars.at(name));
    }
  }
  if (!snapshots.empty()) {
    writer.show(over_time_short(snapshots, results));
    writer.say("All numbers: tables/over_time.csv; each state's own run: over_time/STATE.");
  }
  say_missed(plan, snapshots, writer);
}

std::vector<NetworkState> networks_of(const RunWriter& writer, int64_t count) {
  std::vector<NetworkState> out;
  for (int64_t number = 0; number < count; ++number) {
    const std::string name = "networks/" + std::to_string(number);
    const double samples = writer.scalars().at(name + "/train/samples");
    out.push_back({name, writer.folder() / (name + ".safetensors"), writer.folder() / name,
                   static_cast<int64_t>(samples)});
  }
  return out;
}

// The networks before their pruning, as their files say.
std::vector<NetworkState> unpruned_of(const fs::path& folder, int64_t count) {
  std::vector<NetworkState> out;
  for (int64_t number = 0; number < count; ++number) {
    const std::string name = "unpruned/" + std::to_string(number);
    const fs::path file = folder / (name + ".safetensors");
    Metadata metadata;
    load_safetensors(file, &metadata);
    const std::string text = metadata["samples"];
    int64_t samples = -1;
    std::from_chars(text.data(), text.data() + text.size(), samples);
    check(samples >= 0, ErrorCode::data,
          fmt::format("'{}' does not say which state of the training it holds", file.string()),
          "remove the run's folder 'checkpoints' to train anew");
    out.push_back({name, file, folder / name, samples});
  }
  return out;
}

// Tables and scalars of the name `name`.
void write_over_networks(const std::string& name, const std::vector<Results>& results,
                         RunWriter& writer) {
  writer.table(name, over_networks_table(results));
  const Table summary = over_networks_summary(results);
  writer.table(name + "_summary", summary);
  const std::vector<std::string> headlines = headlines_of(results);
  for (const auto& row : summary.rows) {
    const auto& number = std::get<std::string>(row[0]);
    if (std::find(headlines.begin(), headlines.end(), number) == headlines.end()) continue;
    for (size_t column = 2; column < row.size(); ++column) {
      const auto* value = std::get_if<double>(&row[column]);
      if (value == nullptr) continue;
      writer.scalar(name + "/" + number + "/" + summary.columns[column], *value);
    }
  }
  writer.show(over_networks_short(results));
}

void run_on_networks(const RunContext& context, const TrainOptions& train, RunWriter& writer) {
  const bool before = parse_checkpoints(train.checkpoints()).pruning;
  if (before) {
    const auto states = unpruned_of(writer.folder(), train.seeds());
    writer.say("Before pruning:");
    write_over_networks("over_networks_unpruned", run_states(context, states), writer);
    writer.say("After pruning:");
  }
  const auto states = networks_of(writer, train.seeds());
  write_over_networks("over_networks", run_states(context, states), writer);
  writer.say(
      "Mean \u00b1 half of its 95 % confidence interval (Student's t). All numbers: "
      "tables/over_networks.csv and over_networks_summary.csv; each network's own run: "
      "networks/N.");
  if (before) writer.say("Those before pruning: over_networks_unpruned*.csv and unpruned/N.");
}

}  // namespace

bool has_states(const TrainOptions& train) {
  return train.every_network() || !train.checkpoints().empty();
}

std::vector<Results> run_states(const RunContext& context,
                                const std::vector<NetworkState>& states) {
  std::vector<Results> out;
  for (const NetworkState& state : states) {
    try {
      Results found = stored_results(state.folder);
      if (found.status != kFinished) {
        run_state(context, state);
        found = stored_results(state.folder);
      }
      out.push_back(std::move(found));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) throw;
      throw Error(error.code(), state.label + ": " + error.what(), error.hint());
    }
  }
  return out;
}

void run_on_states(const RunContext& context, Experiment& experiment) {
  const TrainOptions& train = context.components.train;
  const char* option = train.every_network() ? "train.every_network" : "train.checkpoints";
  check(!make_method(context.components.method)->trains_network(), ErrorCode::config,
        fmt::format("option '{}' is about methods that look at a trained network, and {} trains it "
                    "by itself",
                    option, context.components.method.entry->name),
        "leave it out");
  experiment.network();
  RunWriter& writer = experiment.writer();
  if (train.every_network()) {
    run_on_networks(context, train, writer);
  } else {
    const CheckpointPlan plan = parse_checkpoints(train.checkpoints());
    const std::vector<Snapshot> snapshots = snapshots_in(writer.folder());
    check_complete(plan, snapshots, writer.folder());
    write_over_time(plan, snapshots, run_states(context, states_of(snapshots)), writer);
  }
}

}  // namespace modhost::core
