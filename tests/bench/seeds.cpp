// Ten networks of one architecture: each trained by itself, and all together. Whole small runs
// through the experiment, from initial weights to the files in the run folder.
#include "benchmarks.h"
#include "guard.h"
#include "measure.h"
#include "modhost/experiment.h"
#include "networks.h"
#include "plugin_source.h"
#include "temporary_folder.h"

namespace modhost::bench {
namespace {

constexpr int64_t kSeeds = 10;

// What is trained, and how; the dataset is made anew for each training, as in a run.
struct Course {
  std::string name;
  std::string hidden;  // widths of the mlp
  std::vector<std::pair<std::string, std::string>> model_options;
  std::function<std::unique_ptr<DatasetBase>()> data;
  TrainPlan plan;
};

// A truth table: all rows once, in each split (Patil et al. 2023, arXiv 2305.18402).
class TruthTable : public DatasetBase {
 public:
  using Row = std::function<std::vector<bool>(const std::vector<bool>& inputs)>;

  TruthTable(int64_t inputs, int64_t outputs, const Row& row)
      : rows_(std::make_shared<Rows>(inputs, outputs, row)) {
    signature_.input_shape = {inputs};
    signature_.output = Output::values;
    signature_.output_shape = {outputs};
  }
  Signature signature() const override { return signature_; }
  std::vector<Task> tasks() const override { return {}; }
  std::string describe() const override { return "a truth table"; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override { return rows_; }
  std::shared_ptr<const Source> task(const std::string&, Split) const override { return rows_; }

 private:
  class Rows : public Source {
   public:
    Rows(int64_t inputs, int64_t outputs, const Row& row)
        : x_(torch::zeros({int64_t{1} << inputs, inputs})),
          y_(torch::zeros({int64_t{1} << inputs, outputs})) {
      for (int64_t at = 0; at < x_.size(0); ++at) {
        std::vector<bool> bits;
        for (int64_t i = 0; i < inputs; ++i) {
          bits.push_back((at >> (inputs - 1 - i) & 1) == 1);
          x_[at][i] = bits.back() ? 1 : 0;
        }
        const std::vector<bool> values = row(bits);
        for (int64_t i = 0; i < outputs; ++i) y_[at][i] = values[static_cast<size_t>(i)] ? 1 : 0;
      }
    }
    int64_t size() const override { return x_.size(0); }
    Batch load(const std::vector<int64_t>& indices) const override {
      const Tensor at = torch::tensor(indices);
      return {x_.index_select(0, at), y_.index_select(0, at)};
    }

   private:
    Tensor x_, y_;
  };

  std::shared_ptr<const Rows> rows_;
  Signature signature_;
};

std::vector<bool> two_pairs(const std::vector<bool>& x) {
  const bool first = x[0] != x[1], second = x[2] != x[3];
  return {first, !first, second, !second};
}

// 1 on the patterns 0011, 1010, 1100 and on 0101, 1001, 1111.
bool function_a(const std::vector<bool>& x, size_t at) {
  const int value = 8 * x[at] + 4 * x[at + 1] + 2 * x[at + 2] + x[at + 3];
  return value == 3 || value == 10 || value == 12;
}
bool function_b(const std::vector<bool>& x, size_t at) {
  const int value = 8 * x[at] + 4 * x[at + 1] + 2 * x[at + 2] + x[at + 3];
  return value == 5 || value == 9 || value == 15;
}

// The graph with three levels: two groups of inputs, their two functions, sixteen outputs.
std::vector<bool> three_levels(const std::vector<bool>& x) {
  const bool a = function_a(x, 0), b = function_b(x, 4);
  std::vector<bool> out;
  for (int use = 0; use < 8; ++use) out.insert(out.end(), {a && !b, b && !a});
  return out;
}

std::unique_ptr<DatasetBase> add_mul(int64_t samples) {
  static core::PluginSource source(core::open_catalog({MODHOST_PLUGIN_DIR}));
  const auto& entry =
      static_cast<const DatasetEntry&>(source.get(ComponentKind::dataset, "add_mul"));
  std::shared_ptr<Options> options = entry.make_options();
  OptionTable table;
  for (const char* split : {"train", "validation", "test"}) {
    table[split] = {std::to_string(std::string(split) == "train" ? samples : 256), "benchmark",
                    true};
  }
  options->assign("dataset", entry.name, table);
  options->validate();
  return core::guarded(entry, "making it", [&] { return entry.make(options); });
}

TrainPlan plan_of(double lr, int64_t batch_size, int64_t epochs) {
  TrainPlan plan;
  plan.lr = lr;
  plan.batch_size = batch_size;
  plan.epochs = epochs;
  return plan;
}

Course sculpting(const std::string& name, const std::string& hidden,
                 std::function<std::unique_ptr<DatasetBase>()> data, const TrainPlan& plan) {
  Course out{"seeds/sculpting-" + name,
             hidden,
             {{"output_activation", "sigmoid"}, {"init", "kaiming_normal"}},
             std::move(data),
             plan};
  out.plan.weight_decay = 1e-4;
  return out;
}

std::vector<Course> courses(bool tiny) {
  const auto small = [] { return std::make_unique<TruthTable>(4, 4, two_pairs); };
  const auto large = [] { return std::make_unique<TruthTable>(8, 16, three_levels); };
  std::vector<Course> out = {sculpting("4-24-4", "24", small, plan_of(0.05, 8, 15)),
                             sculpting("8-60x4-16", "60,60,60,60", large, plan_of(0.05, 32, 30)),
                             {"seeds/fnn-400-400-200",
                              tiny ? "40,40,20" : "400,400,200",
                              {},
                              [tiny] { return add_mul(tiny ? 256 : 12800); },
                              plan_of(1e-3, 128, 3)}};
  for (Course& course : out) {
    if (tiny) course.plan.epochs = 2;
  }
  return out;
}

Network network_of(const Course& course, const Signature& signature) {
  Network out;
  out.name = course.name;
  out.model = "mlp";
  out.options = course.model_options;
  out.options.emplace_back("hidden", course.hidden);
  out.signature = signature;
  return out;
}

Seconds training(const Course& course, int64_t seeds, int64_t network) {
  const TemporaryFolder folder;
  Progress progress;
  StopSignal stop;
  Experiment::Parts parts;
  parts.dataset = course.data();
  parts.dataset->all(Split::train);  // drawn now; a run draws it once, however many networks
  parts.model = make(network_of(course, parts.dataset->signature()));
  parts.plan = course.plan;
  parts.seeds = seeds;
  parts.network = network;
  parts.folder = folder.path();
  parts.seed = 1;
  parts.progress = &progress;
  parts.stop = &stop;
  Experiment experiment(std::move(parts));
  return timed([&] { experiment.network(); });
}

Records measure(const Course& course, const Settings& settings) {
  training(course, 1, 0);  // the code of the libraries is in memory then
  Series single, together;
  const int64_t repeats = settings.repeats > 0 ? settings.repeats : settings.tiny ? 1 : 3;
  for (int64_t repeat = 0; repeat < repeats; ++repeat) {
    Seconds sum;
    for (int64_t network = 0; network < kSeeds; ++network) {
      const Seconds one = training(course, 1, network);
      sum.cpu += one.cpu;
      sum.wall += one.wall;
    }
    single.all.push_back(sum);
    together.all.push_back(training(course, kSeeds, 0));
  }
  Json record = begin_record(course.name, settings);
  record["seeds"] = kSeeds;
  record["single_cpu_s"] = single.cpu();
  record["together_cpu_s"] = together.cpu();
  record["ratio"] = single.cpu() / together.cpu();
  record["pair_ratio"] = pair_ratio(single, together);
  record["single_wall_s"] = single.wall();
  record["together_wall_s"] = together.wall();
  return {record};
}

}  // namespace

std::vector<Benchmark> seeds_benchmarks() {
  std::vector<Benchmark> out;
  for (const Course& course : courses(false)) {
    const std::string name = course.name;
    out.push_back({name, [name](const Settings& settings) {
                     for (const Course& one : courses(settings.tiny)) {
                       if (one.name == name) return measure(one, settings);
                     }
                     return Records();
                   }});
  }
  return out;
}

}  // namespace modhost::bench
