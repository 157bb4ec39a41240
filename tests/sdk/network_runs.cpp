#include "network_runs.h"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace modhost::test {
namespace {

// Random inputs with labels that a linear map gives; keeps a record of what was asked for.
class Samples : public Source {
 public:
  Samples(int64_t size, const std::vector<int64_t>& shape, int64_t classes, uint64_t seed) {
    torch::manual_seed(seed);
    std::vector<int64_t> all = shape;
    all.insert(all.begin(), size);
    x_ = torch::randn(all, torch::kDouble);
    const Tensor flat = x_.flatten(1);
    torch::manual_seed(7);
    const Tensor map = torch::randn({c10::multiply_integers(shape), classes}, torch::kDouble);
    y_ = size == 0 ? torch::zeros({0}, torch::kLong) : flat.matmul(map).argmax(1);
  }
  int64_t size() const override { return y_.size(0); }
  Batch load(const std::vector<int64_t>& indices) const override {
    asked.push_back(indices);
    const Tensor at = torch::tensor(indices);
    return {x_.index_select(0, at), y_.index_select(0, at)};
  }
  void to(torch::ScalarType type) { x_ = x_.to(type); }
  mutable std::vector<std::vector<int64_t>> asked;

 private:
  Tensor x_, y_;
};

struct Data : DatasetBase {
  Signature shape;
  std::shared_ptr<Samples> train, validation, test;

  Data(Input input, const std::vector<int64_t>& size, int64_t held_out)
      : shape{input, size, Output::classes, {3}},
        train(std::make_shared<Samples>(29, size, 3, 1)),
        validation(std::make_shared<Samples>(held_out, size, 3, 2)),
        test(std::make_shared<Samples>(20, size, 3, 3)) {}
  void to(torch::ScalarType type) {
    for (const auto& samples : {train, validation, test}) samples->to(type);
  }
  Signature signature() const override { return shape; }
  std::vector<Task> tasks() const override { return {}; }
  std::string describe() const override { return "random samples"; }
  double chance() const override { return 1.0 / 3; }
  std::shared_ptr<const Source> all(Split split) const override {
    return split == Split::train ? train : split == Split::validation ? validation : test;
  }
  std::shared_ptr<const Source> task(const std::string&, Split split) const override {
    return all(split);
  }
};

// Requests a stop after so many updates of the progress.
struct Stopper : Progress {
  StopSignal stop;
  int64_t after = -1;
  void update(int64_t, const Numbers& numbers) override {
    CHECK(numbers.size() >= 2);
    if (--after == 0) stop.request();
  }
};

}  // namespace

RunFolder::RunFolder()
    : path(std::filesystem::temp_directory_path() /
           ("modhost_networks_" + std::to_string(::getpid()))) {
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
}

RunFolder::~RunFolder() { std::filesystem::remove_all(path); }

TrainSetting fnn_setting() {
  TrainSetting out = setting<SmallFnn>(Input::features, {5});
  out.plan.clip_norm = 0.4;
  out.plan.weight_decay = 0.01;
  out.plan.warmup_steps = 3;
  out.plan.milestones = {3};
  return out;
}

FinishedRun run(const TrainSetting& setting, const std::filesystem::path& folder, int64_t seeds,
                int64_t network, Experiment::Begin begin) {
  auto data = std::make_unique<Data>(setting.input, setting.size, setting.held_out);
  Experiment::Parts parts;
  parts.model = setting.make({data->signature(), nullptr});
  parts.model->to(setting.type);
  data->to(setting.type);
  parts.begin = begin;
  const auto train = data->train;
  parts.dataset = std::move(data);
  parts.plan = setting.plan;
  parts.seeds = seeds;
  parts.network = network;
  std::filesystem::create_directories(folder);
  parts.folder = folder;
  parts.seed = 11;
  parts.checkpoint_seconds = 1e9;
  Stopper progress;
  progress.after = setting.stop_after;
  parts.progress = &progress;
  parts.stop = &progress.stop;
  Experiment experiment(std::move(parts));
  FinishedRun out;
  for (const auto& [name, tensor] : experiment.network().state()) {
    out.network.emplace_back(name, tensor.clone());
  }
  for (int64_t number = 0; number < (seeds > 1 ? seeds : 0); ++number) {
    out.networks.push_back(
        load_safetensors(folder / "networks" / (std::to_string(number) + ".safetensors")));
  }
  out.scalars = experiment.writer().scalars();
  out.asked = train->asked;
  return out;
}

double difference(const NamedTensors& a, const NamedTensors& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (const auto& [name, tensor] : a) {
    const Tensor* other = find(b, name);
    REQUIRE(other != nullptr);
    REQUIRE(other->sizes() == tensor.sizes());
    const Tensor gap = (tensor.to(torch::kDouble) - other->to(torch::kDouble)).abs();
    worst = std::max(worst, gap.max().item<double>());
  }
  return worst;
}

void check_against_single(const TrainSetting& setting, int64_t seeds, double tolerance) {
  const RunFolder folder;
  const int64_t chosen = seeds - 1;
  const FinishedRun together = run(setting, folder.path / "together", seeds, chosen);
  CHECK(difference(together.network, together.networks[chosen]) == 0);
  for (int64_t number = 0; number < seeds; ++number) {
    const std::string name = std::to_string(number);
    const FinishedRun alone = run(setting, folder.path / name, 1, number);
    CHECK(difference(together.networks[number], alone.network) < tolerance);
    for (const char* scalar : {"test/accuracy", "test/loss", "train/samples"}) {
      CHECK(together.scalars.at("networks/" + name + "/" + scalar) ==
            Approx(alone.scalars.at(scalar)).margin(tolerance));
    }
  }
  CHECK(difference(together.networks[0], together.networks[1]) > 0.01);
}

std::string refusal(const TrainSetting& setting, int64_t seeds, int64_t network,
                    Experiment::Begin begin) {
  const RunFolder folder;
  try {
    run(setting, folder.path, seeds, network, begin);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.what();
  }
  return "";
}

}  // namespace modhost::test
