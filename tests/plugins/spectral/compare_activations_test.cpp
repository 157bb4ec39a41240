// Clusters by what units do beside clusters by weights, from a network and its samples to the
// scalars: against slow loops, and on a network whose clusters are known.
#include <modhost/experiment.h>
#include <modhost/files.h>
#include <modhost/nn.h>
#include <modhost/npz.h>
#include <modhost/random.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "activations.h"

using namespace modhost;
using namespace modhost_spectral;

namespace {

constexpr int64_t kInputs = 6, kFirst = 9, kSecond = 6, kHidden = kFirst + kSecond;
constexpr int64_t kSamples = 60;

struct Mlp : ModelBase {
  nn::Linear first, second, third;
  Mlp() : ModelBase(Build{{Input::features, {kInputs}, Output::classes, {3}}, {}, {}}) {
    first = add<nn::Linear>("first", kInputs, kFirst);
    second = add<nn::Linear>("second", kFirst, kSecond);
    third = add<nn::Linear>("third", kSecond, 3);
    join("", "first", joint::same(kInputs));
    join("first", "second", joint::same(kFirst));
    join("second", "third", joint::same(kSecond));
  }
  Tensor forward(const Batch& batch) override {
    return third(torch::relu(second(torch::relu(first(batch.input)))));
  }
};

class Samples : public DatasetBase {
 public:
  Samples() {
    torch::manual_seed(4);
    source_->x = torch::randn({kSamples, kInputs});
  }
  Signature signature() const override { return Mlp().signature(); }
  std::vector<Task> tasks() const override { return {}; }
  std::string describe() const override { return "random samples"; }
  double chance() const override { return 1.0 / 3; }
  std::shared_ptr<const Source> all(Split) const override { return source_; }
  std::shared_ptr<const Source> task(const std::string&, Split) const override { return source_; }
  const Tensor& x() const { return source_->x; }

 private:
  struct Rows : Source {
    Tensor x;
    int64_t size() const override { return x.size(0); }
    Batch load(const std::vector<int64_t>& indices) const override {
      const Tensor at = torch::tensor(indices);
      return {x.index_select(0, at), at.remainder(3)};
    }
  };
  std::shared_ptr<Rows> source_ = std::make_shared<Rows>();
};

using Matrix = std::vector<std::vector<double>>;

// Average ranks of a column.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<double> out;
  for (const double value : values) {
    double below = 0, same = 0;
    for (const double other : values) {
      below += other < value;
      same += other == value;
    }
    out.push_back(below + (same + 1) / 2);
  }
  return out;
}

double squared_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  for (const auto* values : {&a, &b}) {
    if (*std::max_element(values->begin(), values->end()) == values->front() &&
        *std::min_element(values->begin(), values->end()) == values->front()) {
      return 0;  // constant
    }
  }
  const auto n = static_cast<double>(a.size());
  double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    mean_a += a[i] / n;
    mean_b += b[i] / n;
  }
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab * ab / (aa * bb);
}

// Squares of Spearman's correlations between hidden units, 0 on the diagonal.
Matrix slow_graph(const ModelBase& model, const Tensor& x) {
  const NamedTensors state = model.state();
  const auto layer = [&](const Tensor& in, const std::string& name) {
    return torch::relu(in.matmul(find(state, name + ".weight")->t()) + *find(state, name + ".bias"))
        .detach();
  };
  const Tensor first = layer(x, "first"), second = layer(first, "second");
  const Tensor values = torch::cat({first, second}, 1).to(torch::kDouble).t().contiguous();
  Matrix ranked, out(kHidden, std::vector<double>(kHidden, 0));
  for (int64_t unit = 0; unit < kHidden; ++unit) {
    const auto* begin = values.data_ptr<double>() + unit * kSamples;
    ranked.push_back(ranks({begin, begin + kSamples}));
  }
  for (size_t i = 0; i < kHidden; ++i) {
    for (size_t j = 0; j < kHidden; ++j) {
      if (i != j) out[i][j] = squared_correlation(ranked[i], ranked[j]);
    }
  }
  return out;
}

bool alive(const Matrix& graph, size_t unit) {
  return std::any_of(graph[unit].begin(), graph[unit].end(), [](double r2) { return r2 > 0; });
}

std::set<int64_t> clusters_of(const UnitLabels& labels, size_t first, size_t last) {
  std::set<int64_t> out(labels.begin() + static_cast<long>(first),
                        labels.begin() + static_cast<long>(last));
  out.erase(kNoCluster);
  return out;
}

// Of the units from `first` to before `last`; those without a cluster do not count.
double slow_ncut(const Matrix& graph, const UnitLabels& labels, size_t first, size_t last) {
  std::map<int64_t, double> cut, volume;
  for (size_t i = first; i < last; ++i) {
    for (size_t j = first; j < last; ++j) {
      if (labels[i] == kNoCluster || labels[j] == kNoCluster) continue;
      volume[labels[i]] += graph[i][j];
      if (labels[i] != labels[j]) cut[labels[i]] += graph[i][j];
    }
  }
  double sum = 0;
  for (const auto& [label, out] : cut) sum += out / volume[label];
  return sum;
}

struct Means {
  double within = 0, between = 0;
};

Means slow_means(const Matrix& graph, const UnitLabels& labels) {
  Means sums;
  double pairs_within = 0, pairs_between = 0;
  for (size_t i = 0; i < kHidden; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (labels[i] == kNoCluster || labels[j] == kNoCluster) continue;
      if (!alive(graph, i) || !alive(graph, j)) continue;
      const bool same = labels[i] == labels[j];
      (same ? sums.within : sums.between) += graph[i][j];
      ++(same ? pairs_within : pairs_between);
    }
  }
  return {sums.within / pairs_within, sums.between / pairs_between};
}

double entropy(const std::map<std::pair<int64_t, int64_t>, double>& counts, double all) {
  double sum = 0;
  for (const auto& [key, count] : counts) sum -= count / all * std::log(count / all);
  return sum;
}

// Mutual information over the root of the product of the entropies.
double slow_agreement(const UnitLabels& a, const UnitLabels& b) {
  std::map<std::pair<int64_t, int64_t>, double> both, of_a, of_b;
  double all = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == kNoCluster || b[i] == kNoCluster) continue;
    ++both[{a[i], b[i]}];
    ++of_a[{a[i], 0}];
    ++of_b[{b[i], 0}];
    ++all;
  }
  const double ha = entropy(of_a, all), hb = entropy(of_b, all);
  return (ha + hb - entropy(both, all)) / std::sqrt(ha * hb);
}

// What a run finds and writes.
struct Found {
  NullTest test{"", 0, {0, 1}};
  std::map<std::string, double> scalars;
  UnitLabels labels, by_weights;  // of the hidden units
  Matrix graph;
};

Found found_by(const SpectralMethodOptions& options, const std::function<void(Mlp&)>& prepare) {
  static int number = 0;
  const auto folder =
      std::filesystem::temp_directory_path() /
      ("modhost-activations-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  std::filesystem::create_directories(folder);
  auto owned = std::make_unique<Mlp>();
  owned->initialize(3);
  prepare(*owned);
  const auto data = std::make_shared<Samples>();
  Progress progress;
  StopSignal stop;
  Experiment::Parts parts;
  parts.model = std::move(owned);
  parts.begin = Experiment::Begin::network;
  parts.dataset = data;
  parts.folder = folder;
  parts.seed = 8;
  parts.progress = &progress;
  parts.stop = &stop;
  Experiment experiment(std::move(parts));
  ModelBase& model = experiment.network();
  const UnitGraph graph =
      unit_graph(unit_network(model, options.unit_choice()), options.graph_choice());
  const Clusterer clusterer(options, graph, 6);
  const HiddenValues hidden = hidden_values(experiment, model, options);
  Found out;
  out.test = compare_activations(experiment, hidden, options, graph, clusterer);
  out.scalars = experiment.writer().scalars();
  out.graph = slow_graph(model, data->x());
  const NpzArrays arrays = read_npz((folder / "activation_labels.npz").string());
  for (const char* name : {"labels0", "labels1"}) {
    const auto labels = arrays.at(name).values<int64_t>();
    out.labels.insert(out.labels.end(), labels.begin(), labels.end());
  }
  const auto inputs = clusterer.own().labels.begin() + kInputs;
  out.by_weights.assign(inputs, inputs + kHidden);
  std::filesystem::remove_all(folder);
  return out;
}

void check_scalars(const Found& found) {
  const auto scalar = [&](const std::string& name) {
    INFO(name);
    REQUIRE(found.scalars.count("activations/" + name) == 1);
    return found.scalars.at("activations/" + name);
  };
  const auto near = [](double value) { return Approx(value).epsilon(1e-9).margin(1e-12); };
  const Means own = slow_means(found.graph, found.labels);
  const Means other = slow_means(found.graph, found.by_weights);
  CHECK(scalar("transfer_ncut") == near(slow_ncut(found.graph, found.by_weights, 0, kHidden)));
  CHECK(scalar("r2_within") == near(own.within));
  CHECK(scalar("r2_between") == near(own.between));
  CHECK(scalar("r2_within_weights") == near(other.within));
  CHECK(scalar("r2_between_weights") == near(other.between));
  CHECK(scalar("nmi") == near(slow_agreement(found.by_weights, found.labels)));
  CHECK(scalar("ncut") == found.test.ncut);
  CHECK(scalar("nmi_p") > 0);
  std::map<std::pair<int64_t, int64_t>, double> counts;
  double all = 0;
  for (const int64_t label : found.labels) {
    if (label == kNoCluster) continue;
    ++counts[{label, 0}];
    ++all;
  }
  CHECK(scalar("entropy") == near(entropy(counts, all)));
}

struct Chosen : SpectralMethodOptions {
  explicit Chosen(int64_t many, const std::string& which = "none") {
    clusters.set(many);
    local.set(which);
    shuffles.set(30);
    activation_samples.set(0);
  }
};

// Input i, and so every unit, belongs to module number i % 3; weights within one are positive.
void in_three_modules(Mlp& model) {
  const torch::NoGradGuard no_grad;
  RandomStream random(2);
  for (const auto& [name, tensor] : model.state()) {
    if (tensor.dim() == 1) tensor.zero_();
    if (tensor.dim() == 1) continue;
    for (int64_t to = 0; to < tensor.size(0); ++to) {
      for (int64_t from = 0; from < tensor.size(1); ++from) {
        const bool chosen = name != "first.weight" || from < 3;  // else one module has two factors
        const bool same = to % 3 == from % 3 && chosen;
        tensor[to][from] = same ? 0.5 + random.uniform() : 0.0;
      }
    }
  }
  model.first->parameters().front().tensor().add_(1e-4);  // no unit without edges
}

}  // namespace

TEST_CASE("what units do is compared with their weights as slow loops compare it",
          "[activations]") {
  const Found found = found_by(Chosen(3), [](Mlp&) {});
  check_scalars(found);
  CHECK(found.test.ncut == Approx(slow_ncut(found.graph, found.labels, 0, kHidden)));
  CHECK(clusters_of(found.labels, 0, kHidden).size() == 3);
  int64_t dead = 0;
  for (size_t unit = 0; unit < kHidden; ++unit) {
    dead += !alive(found.graph, unit);
    CHECK(alive(found.graph, unit) == (found.labels[unit] != kNoCluster));
  }
  CHECK(dead > 0);  // a unit of 0 on all samples
  CHECK(found.test.kind == "activations");
  REQUIRE(found.test.ncuts.size() == 30);
  CHECK(std::set<double>(found.test.ncuts.begin(), found.test.ncuts.end()).size() > 20);
  for (const double ncut : found.test.ncuts) CHECK((ncut > 0 && ncut < 2.5));
}

TEST_CASE("in local graphs of activations each layer is clustered alone", "[activations]") {
  const Found found = found_by(Chosen(2, "same"), [](Mlp&) {});
  check_scalars(found);
  const double first = slow_ncut(found.graph, found.labels, 0, kFirst);
  const double second = slow_ncut(found.graph, found.labels, kFirst, kHidden);
  CHECK(found.test.ncut == Approx((first + second) / 2));
  const std::set<int64_t> of_first = clusters_of(found.labels, 0, kFirst);
  const std::set<int64_t> of_second = clusters_of(found.labels, kFirst, kHidden);
  CHECK(of_first.size() == 2);
  CHECK(of_second.size() == 2);
  for (const int64_t label : of_first) CHECK(of_second.count(label) == 0);
}

TEST_CASE("units of one module do the same, which chance does not", "[activations]") {
  const Found found = found_by(Chosen(3), in_three_modules);
  check_scalars(found);
  // kFirst is a multiple of 3: a unit's number says its module in both layers.
  for (size_t i = 0; i < kHidden; ++i) {
    for (size_t j = 0; j < i; ++j) {
      CHECK((i % 3 == j % 3) == (found.labels[i] == found.labels[j]));
    }
  }
  CHECK(found.scalars.at("activations/nmi") == Approx(1));
  CHECK(found.scalars.at("activations/nmi_p") == Approx(1.0 / 101));
  CHECK(found.scalars.at("activations/transfer_ncut") == Approx(found.test.ncut));
  CHECK(found.test.found.p_below == Approx(1.0 / 31));
  CHECK(found.scalars.at("activations/r2_within") > 0.99);
  CHECK(found.scalars.at("activations/r2_between") < 0.1);
}
