#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/model.h>
#include <modhost/random.h>
#include <modhost/train.h>
#include <torch/utils.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace modhost;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_train_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

// y = x A for a fixed A.
class LinearData : public Source {
 public:
  explicit LinearData(int64_t size) {
    torch::manual_seed(1);
    x_ = torch::randn({size, 5});
    y_ = x_.matmul(torch::randn({5, 2}));
  }
  int64_t size() const override { return x_.size(0); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices);
    return {x_.index_select(0, at), y_.index_select(0, at)};
  }

 private:
  Tensor x_, y_;
};

// A training of a linear map, with a buffer that steps change besides.
struct Training {
  Tensor weight = torch::zeros({5, 2}).set_requires_grad(true);
  Tensor counter = torch::zeros({}, torch::kLong);
  std::vector<double> scores;  // of validation, in turn; empty: none
  int64_t stop_after = -1;     // request a stop after so many steps
  StopSignal stop;
  Progress progress;
  std::unique_ptr<RunWriter> writer;

  TrainSummary run(const fs::path& folder, const TrainPlan& plan, double checkpoint_seconds = 1e9) {
    writer = std::make_unique<RunWriter>(folder);
    Trainer trainer(folder, writer.get(), &progress, &stop, checkpoint_seconds);
    TrainTask task;
    task.name = "test/line";
    task.trained = {{"weight", weight}};
    task.also_saved = {{"counter", counter}};
    task.data = {std::make_shared<LinearData>(50)};
    task.seeds = {3};
    task.step = [&](const Batch& batch, int64_t step) {
      counter += 1;
      if (step + 1 == stop_after) stop.request();
      const Tensor loss = (batch.input.matmul(weight) - batch.target).square().mean();
      return StepResult{loss, {{"rows", torch::tensor(static_cast<double>(batch.size()))}}};
    };
    size_t validated = 0;
    if (!scores.empty()) {
      task.validate = [this, validated]() mutable {
        return std::vector<double>{scores.at(validated++)};
      };
    }
    return trainer.fit(task, plan).front();
  }
};

TrainPlan plan_of(const std::string& optimizer) {
  TrainPlan plan;
  plan.optimizer = optimizer;
  plan.lr = 0.05;
  plan.weight_decay = 0.01;
  plan.momentum = optimizer == "sgd" ? 0.9 : 0;
  plan.epochs = 3;
  plan.batch_size = 8;
  plan.clip_norm = 0.7;
  plan.warmup_steps = 4;
  plan.milestones = {2};
  return plan;
}

}  // namespace

TEST_CASE("a training stopped at any step goes on to the same bits", "[train]") {
  const std::string optimizer = GENERATE("adam", "adamw", "sgd");
  const TrainPlan plan = plan_of(optimizer);
  std::string metrics;
  Tensor expected;
  {
    const Folder folder;
    Training whole;
    CHECK(whole.run(folder.path, plan).steps == 18);
    expected = whole.weight.detach().clone();
    metrics = read_file(folder.path / "metrics.jsonl");
    CHECK(whole.counter.item<int64_t>() == 18);
  }
  for (int64_t stop = 1; stop < 18; ++stop) {
    const Folder folder;
    Training first;
    first.stop_after = stop;
    CHECK_THROWS_AS(first.run(folder.path, plan), Error);
    first.writer.reset();
    Training second;
    second.run(folder.path, plan);
    CHECK(torch::equal(second.weight, expected));
    CHECK(second.counter.item<int64_t>() == 18);
    CHECK(read_file(folder.path / "metrics.jsonl") == metrics);
  }
}

TEST_CASE("steps done since the last checkpoint are repeated with the same result", "[train]") {
  const TrainPlan plan = plan_of("adam");
  const Folder straight;
  Training whole;
  whole.run(straight.path, plan);

  const Folder folder;
  Training first;
  first.stop_after = 5;
  CHECK_THROWS_AS(first.run(folder.path, plan), Error);
  const fs::path checkpoint = folder.path / "checkpoints/test/line.safetensors";
  const std::string early = read_file(checkpoint);
  Training second;  // runs on to step 11; then its checkpoint is lost, as after a kill
  second.stop_after = 11;
  CHECK_THROWS_AS(second.run(folder.path, plan), Error);
  write_file_atomically(checkpoint, early);
  Training third;
  third.run(folder.path, plan);
  CHECK(torch::equal(third.weight, whole.weight));
  CHECK(read_file(folder.path / "metrics.jsonl") == read_file(straight.path / "metrics.jsonl"));
}

TEST_CASE("a finished training is not repeated", "[train]") {
  const Folder folder;
  Training first;
  first.run(folder.path, plan_of("adam"));
  Training second;
  const TrainSummary summary = second.run(folder.path, plan_of("adam"));
  CHECK(second.counter.item<int64_t>() == 18);  // restored, not counted
  CHECK(torch::equal(second.weight, first.weight));
  CHECK(summary.steps == 18);
}

TEST_CASE("a checkpoint of another plan or a damaged one is refused", "[train]") {
  const Folder folder;
  Training first;
  first.run(folder.path, plan_of("adam"));
  TrainPlan other = plan_of("adam");
  other.lr = 0.1;
  Training second;
  CHECK_THROWS_WITH(second.run(folder.path, other), Catch::Contains("another training plan"));
  const fs::path checkpoint = folder.path / "checkpoints/test/line.safetensors";
  write_file_atomically(checkpoint, read_file(checkpoint).substr(0, 200));
  CHECK_THROWS_WITH(second.run(folder.path, plan_of("adam")),
                    Catch::Contains("line.safetensors' is no usable safetensors file"));
}

TEST_CASE("plans that differ in a tiny rate are different plans", "[train]") {
  const Folder folder;
  TrainPlan plan = plan_of("adam");
  plan.lr = 1e-7;
  Training first;
  first.run(folder.path, plan);
  plan.lr = 2e-7;
  Training second;
  CHECK_THROWS_WITH(second.run(folder.path, plan), Catch::Contains("another training plan"));
}

TEST_CASE("plans that differ in Adam's settings or in steps are different plans", "[train]") {
  const Folder folder;
  Training first;
  first.run(folder.path, plan_of("adam"));
  TrainPlan other = plan_of("adam");
  const int what = GENERATE(0, 1, 2, 3);
  if (what == 0) other.beta1 = 0.8;
  if (what == 1) other.beta2 = 0.995;
  if (what == 2) other.eps = 1e-9;
  if (what == 3) other.steps = 18;
  Training second;
  CHECK_THROWS_WITH(second.run(folder.path, other), Catch::Contains("another training plan"));
}

// Six steps are an epoch, the rate falls after the second.
TEST_CASE("with steps the rate still falls at epochs and patience can end the training",
          "[train]") {
  TrainPlan plan = plan_of("adam");
  plan.epochs = 1;  // does not count
  plan.steps = 18;
  Tensor by_steps, by_epochs;
  {
    const Folder folder;
    Training training;
    CHECK(training.run(folder.path, plan).steps == 18);
    by_steps = training.weight.detach();
  }
  {
    const Folder folder;
    Training training;
    training.run(folder.path, plan_of("adam"));
    by_epochs = training.weight.detach();
  }
  CHECK(torch::equal(by_steps, by_epochs));
  const Folder folder;
  Training training;
  training.scores = {0.5, 0.4, 0.3};
  plan.patience = 2;
  plan.steps = 1000;
  CHECK(training.run(folder.path, plan).steps == 18);
  CHECK(training.counter.item<int64_t>() == 6);
}

TEST_CASE("early stopping returns to the best epoch", "[train]") {
  TrainPlan plan = plan_of("adam");
  plan.epochs = 20;
  plan.patience = 2;
  const Folder folder;
  Training training;
  training.scores = {0.1, 0.5, 0.4, 0.3, 0.9};
  const TrainSummary summary = training.run(folder.path, plan);
  CHECK(summary.epochs == 4);
  CHECK(summary.best_score == 0.5);
  CHECK(training.counter.item<int64_t>() == 2 * 6);  // the state after the second epoch

  TrainPlan two = plan;
  two.epochs = 2;
  two.patience = 0;
  const Folder other;
  Training short_one;
  short_one.run(other.path, two);
  CHECK(torch::equal(training.weight, short_one.weight));
}

namespace {

// Linear maps trained together, each on data of its own size; weights [networks, 5, 2].
Tensor trained_maps(const std::vector<int64_t>& sizes, const std::vector<uint64_t>& seeds,
                    const TrainPlan& plan) {
  const Folder folder;
  const auto networks = static_cast<int64_t>(sizes.size());
  const Tensor weight = torch::zeros({networks, 5, 2}).set_requires_grad(true);
  TrainTask task;
  task.name = "maps";
  task.trained = {{"weight", weight}};
  for (const int64_t size : sizes) task.data.push_back(std::make_shared<LinearData>(size));
  task.seeds = seeds;
  task.step = [&](const Batch& batch, int64_t) {
    const Tensor x = batch.input.view({networks, -1, 5}), y = batch.target.view({networks, -1, 2});
    const Tensor losses = (x.bmm(weight) - y).square().mean({1, 2});
    // not shown, but minimised: a second loss on the weights
    return StepResult{networks == 1 ? losses[0] : losses, {}, 0.01 * weight.square().sum()};
  };
  StopSignal stop;
  Progress progress;
  RunWriter writer(folder.path);
  Trainer(folder.path, &writer, &progress, &stop, 1e9).fit(task, plan);
  return weight.detach();
}

}  // namespace

TEST_CASE("networks with data of their own are trained as each alone", "[train]") {
  TrainPlan plan = plan_of("adam");
  plan.milestones.clear();
  plan.steps = 21;  // more than three epochs of one, less than two of the other
  const Tensor both = trained_maps({50, 120}, {3, 4}, plan);
  const Tensor alone = trained_maps({50}, {3}, plan);
  CHECK((both[0] - alone[0]).abs().max().item<double>() < 1e-6);
  CHECK((both[1] - trained_maps({120}, {4}, plan)[0]).abs().max().item<double>() < 1e-6);
  CHECK(alone.abs().max().item<double>() > 0.1);

  plan.steps = 0;
  CHECK_THROWS_WITH(trained_maps({50, 120}, {3, 4}, plan),
                    Catch::Contains("joins data of different sizes"));
}

TEST_CASE("a penalty is minimised and does not show in the loss", "[train]") {
  TrainPlan plan;
  plan.optimizer = "sgd";
  plan.lr = 0.5;
  plan.steps = 1;
  plan.batch_size = 1;
  const Tensor weight = torch::full({1}, 3.0).set_requires_grad(true);
  TrainTask task;
  task.name = "penalty";
  task.trained = {{"weight", weight}};
  task.data = {std::make_shared<LinearData>(4)};
  task.step = [&](const Batch&, int64_t) {
    return StepResult{weight.sum() * 0, {}, weight.square().sum()};
  };
  const Folder folder;
  StopSignal stop;
  Progress progress;
  RunWriter writer(folder.path);
  const TrainSummary summary =
      Trainer(folder.path, &writer, &progress, &stop, 1e9).fit(task, plan).front();
  CHECK(weight.item<double>() == Approx(3 - 0.5 * 2 * 3));
  CHECK(summary.last.at(0).second == 0);
}

TEST_CASE("too little data for one batch is refused with words", "[train]") {
  TrainPlan plan = plan_of("adam");
  plan.batch_size = 51;
  const Folder folder;
  Training training;
  CHECK_THROWS_WITH(training.run(folder.path, plan),
                    "training 'test/line' has 50 samples, less than one batch of 51");
}

TEST_CASE("plain gradient descent follows its own formula", "[train]") {
  TrainPlan plan;
  plan.optimizer = "sgd";
  plan.lr = 0.01;
  plan.epochs = 1;
  plan.batch_size = 50;
  plan.warmup_steps = 2;  // the first step has half the rate
  const Folder folder;
  Training training;
  training.run(folder.path, plan);
  const LinearData data(50);
  const Batch all = data.load(permutation(50, derive_seed(3, uint64_t{0})));
  // d/dW mean((x W - y)^2) at W = 0 is -2 x^T y / (rows * columns)
  const Tensor expected = 0.5 * 0.01 * 2 * all.input.t().matmul(all.target) / (50 * 2);
  CHECK((training.weight - expected).abs().max().item<double>() < 1e-7);
}

TEST_CASE("a loss that is not finite stops the training with advice", "[train]") {
  TrainPlan plan = plan_of("sgd");
  plan.lr = 1e30;
  plan.clip_norm = 0;
  plan.epochs = 20;
  const Folder folder;
  Training training;
  CHECK_THROWS_WITH(training.run(folder.path, plan), Catch::Contains("is not finite at step"));
}
