#include "ablation.h"

#include <modhost/loss.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <algorithm>

#include "unit_labels.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kVariantBytes = int64_t{256} << 20;  // of all weights in one ensemble

// A network to be judged: cluster `cluster` of the labels of this permutation; -1: of the true
// ones.
struct Job {
  size_t cluster;
  int64_t draw;
};

// Several lists of marks -> variants without the marked entries.
Variations without(const ModelBase& model, const std::vector<NamedTensors>& marks) {
  Variations out;
  for (size_t i = 0; i < marks.front().size(); ++i) {
    const std::string& name = marks.front()[i].first;
    const Tensor weight = parameter_named(model, name).tensor().detach();
    std::vector<Tensor> variants;
    for (const NamedTensors& own : marks) {
      variants.push_back(weight.masked_fill(own[i].second.to(weight.device()), 0));
    }
    out[name] = given_variants(torch::stack(variants));
  }
  return out;
}

int64_t variant_bytes(const ModelBase& model, const InnerWeights& inner) {
  int64_t bytes = 0;
  for (const std::string& name : inner.names()) {
    bytes += static_cast<int64_t>(parameter_named(model, name).tensor().nbytes());
  }
  return std::max<int64_t>(bytes, 1);
}

std::vector<Job> jobs_of(const std::vector<int64_t>& labels, const UnitNetwork& network,
                         const AblationPlan& plan) {
  std::vector<Job> out;
  for (size_t cluster = 0; cluster < labels.size(); ++cluster) {
    out.push_back({cluster, -1});
    if (!can_permute(network, plan.labels, labels[cluster])) continue;
    for (int64_t draw = 0; draw < plan.controls; ++draw) out.push_back({cluster, draw});
  }
  return out;
}

double chosen(const PartScore& score, bool accuracy) {
  return accuracy ? score.accuracy : score.loss;
}

NullComparison beside(const Ablation& ablation, size_t part, bool accuracy) {
  std::vector<double> random;
  for (const Ablated& control : ablation.controls) {
    random.push_back(chosen(control.parts[part], accuracy));
  }
  return compare_with_null(chosen(ablation.own.parts[part], accuracy), random);
}

}  // namespace

TestParts::TestParts(ModelBase& model, std::shared_ptr<const Source> source,
                     const EvaluateOptions& how)
    : model_(model), how_(how), by_loss_(!has_accuracy(model.signature())), names_{"all"} {
  const int64_t samples = how.limit > 0 ? std::min(how.limit, source->size()) : source->size();
  how_.limit = 0;
  const std::vector<std::string> groups = source->groups();
  std::vector<std::vector<int64_t>> members(std::max<size_t>(groups.size(), 1));
  for (int64_t i = 0; i < samples; ++i) {
    members[groups.empty() ? 0 : static_cast<size_t>(source->group(i))].push_back(i);
  }
  for (size_t group = 0; group < members.size(); ++group) {
    if (members[group].empty()) continue;
    sources_.push_back(subset(source, std::move(members[group])));
    if (!groups.empty()) names_.push_back(groups[group]);
  }
  if (sources_.size() < 2) names_.resize(1);
}

std::vector<std::vector<PartScore>> TestParts::operator()(int64_t size,
                                                          const Variations& variations) const {
  std::vector<std::vector<PartScore>> out(static_cast<size_t>(size), {PartScore()});
  double samples = 0;
  for (const auto& source : sources_) samples += static_cast<double>(source->size());
  for (const auto& source : sources_) {
    const double share = static_cast<double>(source->size()) / samples;
    auto scores = out.begin();
    for (const Evaluation& own : evaluate(model_, *source, size, variations, how_)) {
      scores->front().accuracy += share * own.accuracy;
      scores->front().loss += share * own.loss;
      if (names_.size() > 1) scores->push_back({own.accuracy, own.loss});
      ++scores;
    }
  }
  return out;
}

int64_t networks_of(const UnitNetwork& network, const AblationPlan& plan) {
  return static_cast<int64_t>(jobs_of(labels_in(plan.labels), network, plan).size());
}

Ablations ablations(const ModelBase& model, const UnitNetwork& network, const TestParts& test,
                    const AblationPlan& plan, const std::function<void(int64_t)>& done) {
  const InnerWeights inner(model, network, plan.last);
  const double all = std::max(weighed(model, inner.all()).sum, 1e-300);
  const std::vector<int64_t> labels = labels_in(plan.labels);
  Ablations out{test.names(), test.by_loss(), test(1, {}).front(), {}};
  for (const int64_t label : labels) {
    const auto units = std::count(plan.labels.begin(), plan.labels.end(), label);
    out.clusters.push_back({label, units, {}, {}});
  }
  const std::vector<Job> jobs = jobs_of(labels, network, plan);
  const int64_t fit = kVariantBytes / variant_bytes(model, inner);
  const auto most = static_cast<size_t>(std::clamp<int64_t>(fit, 1, plan.at_once));
  for (size_t first = 0; first < jobs.size(); first += most) {
    const size_t end = std::min(jobs.size(), first + most);
    std::vector<NamedTensors> marks;
    for (size_t i = first; i < end; ++i) {
      const uint64_t seed = derive_seed(plan.seed, static_cast<uint64_t>(jobs[i].draw));
      const UnitLabels own =
          jobs[i].draw < 0 ? plan.labels : permuted_labels(network, plan.labels, seed);
      marks.push_back(inner.inside(units_of(network, own, labels[jobs[i].cluster])));
    }
    const auto size = static_cast<int64_t>(marks.size());
    const auto scores = test(size, without(model, marks));
    for (size_t i = first; i < end; ++i) {
      const Weighed removed = weighed(model, marks[i - first]);
      const Ablated found{removed.count, removed.sum / all, scores[i - first]};
      Ablation& cluster = out.clusters[jobs[i].cluster];
      if (jobs[i].draw < 0) {
        cluster.own = found;
      } else {
        cluster.controls.push_back(found);
      }
    }
    done(size);
  }
  return out;
}

AblationTest tested(const Ablation& ablation, size_t part, bool by_loss) {
  AblationTest out{beside(ablation, part, true), beside(ablation, part, false), 1, 1};
  out.p = by_loss ? out.loss.p_above : out.accuracy.p_below;
  out.p_tied = by_loss ? out.loss.p_above_tied : out.accuracy.p_below_tied;
  return out;
}

}  // namespace modhost_lesion
