// States of a network that are kept while it is trained.
#include "modhost/snapshot.h"

#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/files.h>
#include <modhost/loss.h>
#include <modhost/state_file.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

using namespace modhost;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_snapshots_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

class Map : public ModelBase {
 public:
  explicit Map(const Build& build)
      : ModelBase(build), out_(add<nn::Linear>("out", 3, build.signature.output_size())) {}
  Tensor forward(const Batch& batch) override { return out_(batch.input); }

 private:
  nn::Linear out_;
};

// Rows of three numbers; the class is the largest, the value their sum.
class Rows : public Source {
 public:
  Rows(int64_t size, bool classes) : input_(torch::zeros({size, 3})) {
    for (int64_t i = 0; i < input_.numel(); ++i) {
      input_.view({-1})[i] = static_cast<double>(i * i % 17) / 17 - 0.5;
    }
    target_ = classes ? input_.argmax(1) : input_.sum(1, true);
  }
  int64_t size() const override { return input_.size(0); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices, torch::kLong);
    return {input_.index_select(0, at), target_.index_select(0, at)};
  }

 private:
  Tensor input_, target_;
};

struct RowData : DatasetBase {
  RowData(bool classes, int64_t validation) : classes(classes), validation(validation) {}
  Signature signature() const override {
    Signature out;
    out.input = Input::features;
    out.input_shape = {3};
    out.output = classes ? Output::classes : Output::values;
    out.output_shape = {classes ? 3 : 1};
    return out;
  }
  std::vector<Task> tasks() const override { return {}; }
  std::shared_ptr<const Source> all(Split split) const override {
    const int64_t sizes[] = {50, validation, 20};
    return std::make_shared<Rows>(sizes[static_cast<int>(split)], classes);
  }
  std::shared_ptr<const Source> task(const std::string&, Split split) const override {
    return all(split);
  }
  std::string describe() const override { return "rows"; }
  double chance() const override { return 1.0 / 3; }
  bool classes;
  int64_t validation;
};

struct Stopper : Progress {
  StopSignal stop;
  int64_t after = -1;  // updates
  void update(int64_t, const Numbers&) override {
    if (--after == 0) stop.request();
  }
};

struct Setting {
  TrainPlan plan;
  std::string checkpoints;
  bool classes = true;
  int64_t validation = 40;
  Experiment::Begin begin = Experiment::Begin::nothing;
  int64_t stop_after = -1;

  Setting() {
    plan.lr = 0.1;
    plan.batch_size = 10;  // 5 steps an epoch
    plan.epochs = 7;
  }
  NamedTensors run(const fs::path& folder) const {
    Stopper progress;
    progress.after = stop_after;
    Experiment::Parts parts;
    auto data = std::make_shared<RowData>(classes, validation);
    parts.model = std::make_unique<Map>(Build{data->signature(), nullptr});
    parts.dataset = data;
    parts.begin = begin;
    parts.plan = plan;
    parts.checkpoints = parse_checkpoints(checkpoints);
    parts.folder = folder;
    parts.checkpoint_seconds = 1e9;
    parts.progress = &progress;
    parts.stop = &progress.stop;
    Experiment experiment(std::move(parts));
    NamedTensors out;
    for (const auto& [name, tensor] : experiment.network().state()) {
      out.emplace_back(name, tensor.clone());
    }
    return out;
  }
};

std::vector<std::string> labels_in(const fs::path& folder) {
  std::vector<std::string> out;
  for (const Snapshot& one : snapshots_in(folder)) out.push_back(one.label);
  return out;
}

bool same(const NamedTensors& a, const NamedTensors& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& named) {
           const Tensor* other = find(b, named.first);
           return other != nullptr && torch::equal(named.second, *other);
         });
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("plans of checkpoints are written in two ways", "[snapshot]") {
  CHECK(parse_checkpoints("").empty());
  CHECK(parse_checkpoints("every=3").every == 3);
  CHECK(parse_checkpoints("at=acc:0.9,0.5,0.9").accuracies == std::vector<double>{0.5, 0.9});
  CHECK(accuracy_label(0.7) == "acc_0.70");
  CHECK(accuracy_label(1) == "acc_1.00");
  CHECK(accuracy_label(0.975) == "acc_0.975");
  for (const char* bad : {"every", "every=", "every=0", "every=-1", "every=1.5", "every=2,3", "all",
                          "every=99999999999999999999", "at=", "at=acc:", "at=acc:0.5,", "at=acc:x",
                          "at=acc:1.5", "at=acc:-0.1", "at=acc:nan", "at=loss:0.5", "every=2 "}) {
    INFO(bad);
    CHECK_THROWS_WITH(parse_checkpoints(bad),
                      Catch::StartsWith("option 'train.checkpoints': '" + std::string(bad) + "'"));
  }
}

TEST_CASE("snapshots are the networks that shorter trainings end with", "[snapshot]") {
  Setting setting;
  setting.checkpoints = "every=3";
  const Folder folder;
  const NamedTensors last = setting.run(folder.path);
  const auto found = snapshots_in(folder.path);
  CHECK(labels_in(folder.path) == Labels{"epoch_0000", "epoch_0003", "epoch_0006", "epoch_0007"});
  for (const Snapshot& one : found) {
    CHECK(one.step == 5 * one.epoch);
    CHECK(one.samples == 50 * one.epoch);
    REQUIRE(one.score.has_value());
    Setting shorter;
    shorter.plan.epochs = one.epoch;
    const fs::path other = folder.path / ("short_" + one.label);
    fs::create_directories(other);
    CHECK(same(load_safetensors(one.file), shorter.run(other)));
  }
  CHECK(same(load_safetensors(found.back().file), last));
  CHECK_FALSE(same(load_safetensors(found[1].file), load_safetensors(found[2].file)));
}

TEST_CASE("steps that end within an epoch leave a last snapshot of their own", "[snapshot]") {
  Setting setting;
  setting.checkpoints = "every=2";
  setting.plan.steps = 23;
  const Folder folder;
  const NamedTensors last = setting.run(folder.path);
  CHECK(labels_in(folder.path) == Labels{"epoch_0000", "epoch_0002", "epoch_0004", "step_23"});
  const Snapshot end = snapshots_in(folder.path).back();
  CHECK(end.epoch == 4);
  CHECK(end.samples == 230);
  CHECK(same(load_safetensors(end.file), last));
}

TEST_CASE("a network is kept before and after its pruning", "[snapshot]") {
  Setting setting;
  setting.checkpoints = "at=prune";
  setting.plan.prune.schedule = "polynomial";
  setting.plan.prune.epochs = 2;
  setting.stop_after = GENERATE(-1, 24, 25, 26, 31);  // the pruning begins after 25 steps
  const Folder folder;
  if (setting.stop_after > 0) {
    CHECK_THROWS_AS(setting.run(folder.path), Error);
    setting.stop_after = -1;
  }
  const NamedTensors last = setting.run(folder.path);
  CHECK(labels_in(folder.path) == Labels{"unpruned", "pruned"});
  const auto found = snapshots_in(folder.path);
  CHECK(found[0].epoch == 5);
  CHECK(found[1].epoch == 7);
  CHECK(found[0].score.has_value());
  CHECK(same(load_safetensors(found[1].file), last));
  Setting shorter;
  shorter.plan.epochs = 5;
  const fs::path other = folder.path / "short";
  fs::create_directories(other);
  const NamedTensors before = shorter.run(other);
  CHECK(same(load_safetensors(found[0].file), before));
  CHECK(same(load_safetensors(folder.path / "unpruned.safetensors"), before));

  setting.checkpoints = "every=1";  // an epoch's end that is also the beginning of the pruning
  const fs::path all = folder.path / "all";
  fs::create_directories(all);
  setting.run(all);
  CHECK(snapshots_in(all).size() == 8);
}

TEST_CASE("a threshold is kept at the first epoch that reaches it", "[snapshot]") {
  Setting every;
  every.checkpoints = "every=1";
  std::vector<Snapshot> all;
  {
    const Folder folder;
    every.run(folder.path);
    all = snapshots_in(folder.path);
  }
  REQUIRE(all.size() == 8);
  const double low = *all[1].score,
               high = *std::max_element(all.begin(), all.end(), [](const auto&a, const auto&b) {
                         return a.score < b.score;
                       })->score;
  REQUIRE(low > 0.2);
  REQUIRE(high > low);
  REQUIRE(high < 1);
  // Both low ones are reached by the first epoch, the highest later, and 1 never.
  Setting at;
  at.checkpoints = "at=acc:1,0.1,0.2," + std::to_string(high - 1e-6);
  const Folder folder;
  at.run(folder.path);
  const auto found = snapshots_in(folder.path);
  REQUIRE(found.size() == 2);
  CHECK(found[0].label == "acc_0.10+acc_0.20");
  CHECK(found[0].epoch == 1);
  const auto first = std::find_if(all.begin() + 1, all.end(),
                                  [&](const Snapshot& one) { return one.score >= high - 1e-6; });
  CHECK(found[1].epoch == first->epoch);
  CHECK(found[1].score == first->score);
}

TEST_CASE("with patience the last snapshot is the network that is returned", "[snapshot]") {
  Setting setting;
  setting.checkpoints = "every=100";
  setting.plan.epochs = 40;
  setting.plan.patience = 2;
  setting.plan.lr = 0.5;
  const Folder folder;
  const NamedTensors last = setting.run(folder.path);
  const auto found = snapshots_in(folder.path);
  REQUIRE(found.size() == 2);
  CHECK(found[1].epoch < 38);
  CHECK(same(load_safetensors(found[1].file), last));
}

TEST_CASE("a training stopped anywhere leaves the same snapshots", "[snapshot]") {
  const std::string plan = GENERATE("every=2", "at=acc:0.3,0.6,0.7");
  Setting setting;
  setting.checkpoints = plan;
  setting.plan.steps = 33;
  std::vector<std::pair<std::string, std::string>> expected;
  {
    const Folder folder;
    setting.run(folder.path);
    for (const Snapshot& one : snapshots_in(folder.path)) {
      expected.emplace_back(one.label, read_file(one.file));
    }
  }
  REQUIRE(expected.size() >= 2);
  for (int64_t stop = 1; stop < 33; stop += 4) {
    const Folder folder;
    Setting first = setting;
    first.stop_after = stop;
    CHECK_THROWS_AS(first.run(folder.path), Error);
    setting.run(folder.path);
    const auto found = snapshots_in(folder.path);
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].label == expected[i].first);
      CHECK(read_file(found[i].file) == expected[i].second);
    }
  }
}

TEST_CASE("states that a training cannot come to are refused before it", "[snapshot]") {
  const Folder folder;
  Setting values;
  values.classes = false;
  values.checkpoints = "at=acc:0.5";
  CHECK_THROWS_WITH(values.run(folder.path), Catch::Contains("needs an accuracy"));
  values.checkpoints = "every=7";
  values.run(folder.path);
  CHECK(labels_in(folder.path) == Labels{"epoch_0000", "epoch_0007"});
  CHECK(*snapshots_in(folder.path)[1].score > *snapshots_in(folder.path)[0].score);
  Setting unvalidated;
  unvalidated.validation = 0;
  unvalidated.checkpoints = "at=acc:0.5";
  CHECK_THROWS_WITH(unvalidated.run(folder.path), Catch::Contains("looks at the validation split"));
  Setting given;
  given.begin = Experiment::Begin::network;
  given.checkpoints = "every=1";
  CHECK_THROWS_WITH(given.run(folder.path), Catch::Contains("comes trained from a file"));
}

TEST_CASE("a snapshot says what it is by itself", "[snapshot]") {
  Setting setting;
  setting.checkpoints = "every=7";
  const Folder folder;
  setting.run(folder.path);
  const fs::path over_time = folder.path / "over_time";
  fs::rename(over_time / "epoch_0007", over_time / "another name");
  CHECK(labels_in(folder.path) == Labels{"epoch_0000", "epoch_0007"});
  save_safetensors(over_time / "epoch_0000/network.safetensors", {{"x", torch::zeros({1})}});
  CHECK_THROWS_WITH(snapshots_in(folder.path), Catch::Contains("does not say which state"));
  CHECK(snapshots_in(over_time).empty());
}
