// Networks trained together against the same networks trained alone, in double precision.
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/files.h>
#include <modhost/state_file.h>
#include <torch/utils.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

using namespace modhost;
namespace fs = std::filesystem;

namespace {

constexpr double kTolerance = 1e-9;  // of weights of size 1 after dozens of steps in double

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_networks_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

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

struct Fnn : ModelBase {
  nn::Linear first, second;
  nn::Dropout drop;
  explicit Fnn(const Build& build) : ModelBase(build) {
    first = add<nn::Linear>("first", 5, 9);
    second = add<nn::Linear>("second", 9, 3);
    drop = add<nn::Dropout>("drop", 0.3);
    join("", "first", joint::same(5));
    join("first", "second", joint::same(9));
  }
  Tensor forward(const Batch& batch) override {
    return second(drop(torch::relu(first(batch.input))));
  }
};

struct Cnn : ModelBase {
  nn::Conv2d conv;
  nn::BatchNorm2d norm;
  nn::Linear out;
  explicit Cnn(const Build& build) : ModelBase(build) {
    conv = add<nn::Conv2d>("conv", 2, 4, 3, ops::Conv2dGeometry{1, 1});
    norm = add<nn::BatchNorm2d>("norm", 4);
    out = add<nn::Linear>("out", 4, 3);
    join("", "conv", joint::same(2));
    join("conv", "norm", joint::same(4));
    join("norm", "out", joint::same(4));
  }
  Tensor forward(const Batch& batch) override {
    return out(torch::relu(norm(conv(batch.input))).mean({2, 3}));
  }
};

struct Rnn : ModelBase {
  nn::Lstm lstm;
  nn::Dropout drop;
  nn::Linear out;
  explicit Rnn(const Build& build) : ModelBase(build) {
    lstm = add<nn::Lstm>("lstm", 3, 6);
    drop = add<nn::Dropout>("drop", 0.3);
    out = add<nn::Linear>("out", 6, 3);
  }
  Tensor forward(const Batch& batch) override { return out(drop(lstm(batch.input).select(1, -1))); }
};

// One way to train one architecture.
struct Setting {
  Input input;
  std::vector<int64_t> size;
  std::function<std::unique_ptr<ModelBase>(const Build&)> make;
  TrainPlan plan;
  int64_t held_out = 0;
  int64_t stop_after = -1;  // batches
  torch::ScalarType type = torch::kDouble;
};

template <typename M>
Setting setting(Input input, std::vector<int64_t> size) {
  Setting out{input, std::move(size), [](const Build& build) { return std::make_unique<M>(build); },
              TrainPlan()};
  out.plan.lr = 0.02;
  out.plan.epochs = 4;
  out.plan.batch_size = 6;
  return out;
}

Setting fnn_setting() {
  Setting out = setting<Fnn>(Input::features, {5});
  out.plan.clip_norm = 0.4;
  out.plan.weight_decay = 0.01;
  out.plan.warmup_steps = 3;
  out.plan.milestones = {3};
  return out;
}

// A finished run.
struct Done {
  NamedTensors network;
  std::vector<NamedTensors> networks;
  std::map<std::string, double> scalars;
  std::vector<std::vector<int64_t>> asked;
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

Done run(const Setting& setting, const fs::path& folder, int64_t seeds, int64_t network,
         Experiment::Begin begin = Experiment::Begin::nothing) {
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
  fs::create_directories(folder);
  parts.folder = folder;
  parts.seed = 11;
  parts.checkpoint_seconds = 1e9;
  Stopper progress;
  progress.after = setting.stop_after;
  parts.progress = &progress;
  parts.stop = &progress.stop;
  Experiment experiment(std::move(parts));
  Done out;
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

void check_against_single(const Setting& setting, int64_t seeds, double tolerance = kTolerance) {
  const Folder folder;
  const int64_t chosen = seeds - 1;
  const Done together = run(setting, folder.path / "together", seeds, chosen);
  CHECK(difference(together.network, together.networks[chosen]) == 0);
  for (int64_t number = 0; number < seeds; ++number) {
    const std::string name = std::to_string(number);
    const Done alone = run(setting, folder.path / name, 1, number);
    CHECK(difference(together.networks[number], alone.network) < tolerance);
    for (const char* scalar : {"test/accuracy", "test/loss", "train/samples"}) {
      CHECK(together.scalars.at("networks/" + name + "/" + scalar) ==
            Approx(alone.scalars.at(scalar)).margin(tolerance));
    }
  }
  CHECK(difference(together.networks[0], together.networks[1]) > 0.01);
}

// The words of the error that a run ends with.
std::string refusal(const Setting& setting, int64_t seeds, int64_t network,
                    Experiment::Begin begin = Experiment::Begin::nothing) {
  const Folder folder;
  try {
    run(setting, folder.path, seeds, network, begin);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("networks trained together begin with the bits of single trainings", "[networks]") {
  Setting nothing = fnn_setting();
  nothing.plan.epochs = 0;
  const Folder folder;
  const Done together = run(nothing, folder.path / "together", 4, 0);
  for (int64_t number = 0; number < 4; ++number) {
    const Done alone = run(nothing, folder.path / std::to_string(number), 1, number);
    CHECK(difference(together.networks[number], alone.network) == 0);
  }
}

TEST_CASE("each of the networks trained together sees the samples of its single training",
          "[networks]") {
  const Setting fnn = fnn_setting();
  const auto rows = static_cast<size_t>(fnn.plan.batch_size);
  const Folder folder;
  const Done together = run(fnn, folder.path / "together", 3, 0);
  REQUIRE(together.asked.size() == 4 * 4);  // 29 samples are 4 batches of 6 in each of 4 epochs
  for (size_t number = 0; number < 3; ++number) {
    const Done alone =
        run(fnn, folder.path / std::to_string(number), 1, static_cast<int64_t>(number));
    REQUIRE(alone.asked.size() == together.asked.size());
    for (size_t step = 0; step < alone.asked.size(); ++step) {
      const auto first = together.asked[step].begin() + static_cast<long>(number * rows);
      CHECK(std::vector<int64_t>(first, first + static_cast<long>(rows)) == alone.asked[step]);
    }
  }
}

TEST_CASE("networks trained together equal single trainings", "[networks]") {
  SECTION("fully connected, with dropout, weight decay, clipping and changing rates") {
    Setting fnn = fnn_setting();
    fnn.plan.optimizer = GENERATE("adam", "adamw", "sgd");
    fnn.plan.momentum = fnn.plan.optimizer == "sgd" ? 0.9 : 0;
    check_against_single(fnn, 3);
  }
  SECTION("convolutional, with batch norm") {
    check_against_single(setting<Cnn>(Input::image, {2, 5, 5}), 3);
  }
  SECTION("recurrent, with dropout") {
    check_against_single(setting<Rnn>(Input::sequence, {4, 3}), 2);
  }
}

TEST_CASE("pruned and penalised networks trained together equal single trainings", "[networks]") {
  Setting one = GENERATE(fnn_setting(), setting<Cnn>(Input::image, {2, 5, 5}));
  one.plan.l1 = 0.002;
  one.plan.l2 = 0.003;
  one.plan.prune.schedule = "polynomial";
  one.plan.prune.every = 3;
  one.plan.prune.fresh_optimizer = GENERATE(false, true);
  // The first steps of a fresh Adam divide by the sizes of gradients that may be small.
  check_against_single(one, 3, 100 * kTolerance);

  Setting shorter = one;
  shorter.plan.epochs = 2;
  shorter.plan.prune.schedule = "none";
  const Folder folder;
  const Done whole = run(one, folder.path / "whole", 3, 0);
  const Done before = run(shorter, folder.path / "before", 3, 0);
  for (size_t number = 0; number < 3; ++number) {
    const fs::path file = "unpruned/" + std::to_string(number) + ".safetensors";
    CHECK(difference(load_safetensors(folder.path / "whole" / file), before.networks[number]) == 0);
    for (const auto& [name, weight] : whole.networks[number]) {
      if (weight.dim() < 2) continue;
      const auto kept = std::lround((1 - 0.9) * static_cast<double>(weight.numel()));
      CHECK((weight != 0).sum().item<int64_t>() == kept);
    }
  }
}

TEST_CASE("networks that are to cluster equal single trainings", "[networks]") {
  Setting one = GENERATE(fnn_setting(), setting<Cnn>(Input::image, {2, 5, 5}));
  one.plan.clusterability.weight = 0.3;
  one.plan.clusterability.every = GENERATE(1, 3);
  one.plan.clusterability.normalize = one.input == Input::features;
  one.plan.init.modules = 3;
  if (one.plan.clusterability.every == 3) one.plan.prune.schedule = "polynomial";
  // Adam moves every weight by about its rate, however small the gradient whose sign it follows.
  check_against_single(one, 3, 1e4 * kTolerance);

  Setting without = one;
  without.plan.clusterability.weight = 0;
  const Folder folder;
  CHECK(difference(run(one, folder.path / "with", 1, 0).network,
                   run(without, folder.path / "without", 1, 0).network) > 1e-4);
}

TEST_CASE("each of the networks that are to cluster stops early by itself", "[networks]") {
  Setting cnn = setting<Cnn>(Input::image, {2, 5, 5});
  cnn.plan.epochs = 30;
  cnn.plan.patience = 3;
  cnn.plan.lr = 0.05;
  cnn.held_out = 17;
  cnn.plan.clusterability.weight = 0.1;
  check_against_single(cnn, 4, 1e4 * kTolerance);
}

TEST_CASE("modules are of initial weights, not of given ones", "[networks]") {
  Setting fnn = fnn_setting();
  fnn.plan.init.modules = 3;
  CHECK(refusal(fnn, 1, 0, Experiment::Begin::weights) ==
        "option 'train.init_modules' is about initial weights, and these come from a file");
}

TEST_CASE("pruned networks go on to the same bits after any stop", "[networks]") {
  Setting cnn = setting<Cnn>(Input::image, {2, 5, 5});
  cnn.plan.l1 = 0.002;
  cnn.plan.prune.schedule = "polynomial";
  cnn.plan.prune.every = 3;
  const int64_t seeds = GENERATE(1, 3);
  const Folder folder;
  const Done whole = run(cnn, folder.path / "whole", seeds, 0);
  for (int64_t stop = 1; stop < 16; ++stop) {  // 16 steps, the last 8 with pruning
    const fs::path parts = folder.path / std::to_string(stop);
    Setting stopped = cnn;
    stopped.stop_after = stop;
    CHECK_THROWS_AS(run(stopped, parts, seeds, 0), Error);
    const Done resumed = run(cnn, parts, seeds, 0);
    CHECK(difference(resumed.network, whole.network) == 0);
    const fs::path unpruned = seeds == 1 ? "unpruned.safetensors" : "unpruned/2.safetensors";
    CHECK(read_file(parts / unpruned) == read_file(folder.path / "whole" / unpruned));
    CHECK(read_file(parts / "metrics.jsonl") == read_file(folder.path / "whole/metrics.jsonl"));
  }
}

TEST_CASE("networks trained together in single precision equal single trainings", "[networks]") {
  // Sums in another order: 1e-7 of values near 1, a few dozen steps; sgd, whose steps are no larger
  // than the differences of the gradients.
  Setting fnn = fnn_setting();
  fnn.type = torch::kFloat;
  fnn.plan.optimizer = "sgd";
  check_against_single(fnn, 3, 2e-5);
}

TEST_CASE("each of the networks trained together stops early by itself", "[networks]") {
  Setting fnn = setting<Fnn>(Input::features, {5});
  Setting cnn = setting<Cnn>(Input::image, {2, 5, 5});
  for (Setting* one : {&fnn, &cnn}) {
    one->plan.epochs = 30;
    one->plan.patience = 3;
    one->plan.lr = 0.05;
    one->held_out = 17;
  }
  check_against_single(fnn, 5);
  check_against_single(cnn, 5);

  const Folder folder;
  const Done together = run(cnn, folder.path, 5, 0);
  std::set<double> ends;
  for (int64_t number = 0; number < 5; ++number) {
    ends.insert(together.scalars.at("networks/" + std::to_string(number) + "/train/samples"));
  }
  CHECK(ends.size() > 1);  // else the case above would prove little
}

TEST_CASE("networks trained together go on to the same bits after any stop", "[networks]") {
  Setting cnn = setting<Cnn>(Input::image, {2, 5, 5});
  cnn.plan.epochs = 12;
  cnn.plan.patience = 2;
  cnn.plan.lr = 0.05;
  cnn.held_out = 9;
  const Folder folder;
  const Done whole = run(cnn, folder.path / "whole", 4, 1);
  for (int64_t stop = 1; stop < 45; stop += 2) {
    const fs::path parts = folder.path / std::to_string(stop);
    Setting stopped = cnn;
    stopped.stop_after = stop;
    bool interrupted = false;
    try {
      run(stopped, parts, 4, 1);
    } catch (const Error& error) {
      interrupted = error.code() == ErrorCode::interrupted;
    }
    const Done resumed = run(cnn, parts, 4, 1);
    for (size_t number = 0; number < 4; ++number) {
      CHECK(difference(resumed.networks[number], whole.networks[number]) == 0);
    }
    CHECK(read_file(parts / "metrics.jsonl") == read_file(folder.path / "whole/metrics.jsonl"));
    CHECK(read_file(parts / "tables/networks.csv") ==
          read_file(folder.path / "whole/tables/networks.csv"));
    CHECK((interrupted || stop > 16));  // no network stops before its third epoch
  }
}

TEST_CASE("a network that cannot be trained beside others is refused with words", "[networks]") {
  struct CountingLayer : Layer {
    Buffer* calls;
    CountingLayer() : Layer("counting", 5, 5) { calls = &buffer("calls", torch::zeros({})); }
    Tensor forward(const Tensor& x) override {
      calls->tensor.add_(1);
      return x;
    }
  };
  struct Counting : ModelBase {
    Handle<CountingLayer> count;
    nn::Linear out;
    explicit Counting(const Build& build) : ModelBase(build) {
      count = add<Handle<CountingLayer>>("count");
      out = add<nn::Linear>("out", 5, 3);
    }
    Tensor forward(const Batch& batch) override { return out(count(batch.input)); }
  };
  const Folder folder;
  CHECK_THROWS_WITH(run(setting<Counting>(Input::features, {5}), folder.path, 2, 0),
                    Catch::StartsWith("networks cannot be trained together: the model changes "
                                      "'count.calls' in training"));
  run(setting<Counting>(Input::features, {5}), folder.path / "alone", 1, 1);
}

TEST_CASE("a loss that is not finite names the network", "[networks]") {
  Setting fnn = setting<Fnn>(Input::features, {5});
  fnn.plan.optimizer = "sgd";
  fnn.plan.lr = 1e200;
  const Folder folder;
  CHECK_THROWS_WITH(run(fnn, folder.path, 2, 0),
                    Catch::Matches("the loss of 'networks/[01]' is not finite at step \\d+"));
}

TEST_CASE("the network to start from is one of those trained", "[networks]") {
  const auto check = [](int64_t seeds, int64_t network) {
    TrainOptions options;
    options.seeds.set(seeds);
    options.network.set(network);
    options.validate();
  };
  CHECK_NOTHROW(check(3, 2));
  CHECK_NOTHROW(check(1, 7));
  CHECK_THROWS_WITH(check(3, 3),
                    "option 'train.network': there is no network 3 among the 3 trained together");
}

TEST_CASE("what cannot be trained together is refused before anything is written", "[networks]") {
  const Setting fnn = setting<Fnn>(Input::features, {5});
  const std::string trained =
      "options 'train.seeds' and 'train.network' are about networks to train, and this one comes "
      "trained from a file";
  CHECK(refusal(fnn, 3, 0, Experiment::Begin::network) == trained);
  CHECK(refusal(fnn, 1, 2, Experiment::Begin::network) == trained);
  Setting large = fnn;
  large.plan.batch_size = 30;
  CHECK(refusal(large, 3, 0) == "training 'networks' has 29 samples, less than one batch of 30");
}

TEST_CASE("networks can be trained further together from the same weights", "[networks]") {
  Setting fnn = fnn_setting();
  const Folder folder;
  const Done together = run(fnn, folder.path / "together", 2, 0, Experiment::Begin::weights);
  const Done alone = run(fnn, folder.path / "alone", 1, 1, Experiment::Begin::weights);
  CHECK(difference(together.networks[1], alone.network) < kTolerance);
}

TEST_CASE("networks that end before their first epoch have no score in the table", "[networks]") {
  const Folder folder;
  Setting setting = fnn_setting();
  setting.held_out = 12;
  setting.plan.steps = 2;  // of 4 in an epoch
  run(setting, folder.path / "short", 2, 0);
  CHECK(read_file(folder.path / "short/tables/networks.csv").find("\n1,12,,") != std::string::npos);
  setting.plan.steps = 4;
  run(setting, folder.path / "whole", 2, 0);
  const std::string whole = read_file(folder.path / "whole/tables/networks.csv");
  CHECK(whole.find("\n1,24,") != std::string::npos);
  CHECK(whole.find("\n1,24,,") == std::string::npos);
}
