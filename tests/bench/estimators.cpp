// The two estimators of mask gradients on a trained network, and a third that is known to be right.
// Of the expected loss over masks,
//   L(l) = E[loss(m)], m_i = 1 with probability sigmoid(l_i), independent,
// the gradient is known without an estimator: dL/dl_i = sigmoid'(l_i) E[loss(m_i = 1) - loss(m_i =
// 0)], the other bits drawn. It takes two losses for each weight and mask, so a few weights are
// compared, in double precision. The score function estimator (loss - b)(m_i - sigmoid(l_i))
// (Williams 1992, REINFORCE) has no bias for any loss and b: it proves the true gradient, and shows
// what variance the other two spare.
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>

#include "benchmarks.h"
#include "estimator_task.h"
#include "measure.h"
#include "modhost/evaluate.h"
#include "modhost/loss.h"
#include "modhost/random.h"
#include "modhost/training_step.h"
#include "moments.h"

namespace modhost::bench {
namespace {

constexpr uint64_t kSeed = 5;
constexpr double kInitialLogit = 2;
constexpr int kSeeds = 3;  // whole trainings

const char* name_of(Estimator estimator) {
  return estimator == Estimator::mean ? "mean" : "gumbel";
}

Tensor slope(const Tensor& logits) { return torch::sigmoid(logits) * torch::sigmoid(-logits); }

// Some weights of each masked parameter.
struct Chosen {
  std::vector<Tensor> indices;  // for each parameter, into its flattened tensor
  std::vector<Tensor> slopes;   // sigmoid' of their logits
  int64_t count = 0;
};

// Drawn without replacement, with probability in proportion to |weight| sigmoid'(logit), what the
// gradient of a logit scales with before any loss is known.
Chosen choose(const ModelBase& network, const Masks& masks, int64_t count) {
  Chosen out;
  RandomStream random(kSeed);
  const auto each = std::max<int64_t>(1, count / static_cast<int64_t>(masks.names().size()));
  for (const auto& [name, logits] : masks.logits()) {
    const Tensor scale = *find(network.state(), name) * slope(logits.detach()[0]);
    const Tensor score = scale.abs().flatten().log().contiguous();
    auto* values = score.data_ptr<double>();
    for (int64_t i = 0; i < score.numel(); ++i) {
      values[i] -= std::log(-std::log(random.uniform() + 1e-300));
    }
    const Tensor index = score.argsort(0, true).narrow(0, 0, std::min(each, score.numel()));
    out.indices.push_back(index);
    out.slopes.push_back(slope(logits.detach()[0]).flatten().index_select(0, index));
    out.count += index.numel();
  }
  return out;
}

// loss(m_i = 1) - loss(m_i = 0) for each chosen weight, the other bits as `bits` has them: one
// forward of 1 + count variants, in each of which one bit is turned.
Tensor differences(ModelBase& network, const Masks& masks, const Chosen& chosen, const Batch& batch,
                   const MaskSampling& sampling) {
  const torch::NoGradGuard no_grad;
  const int64_t variants = 1 + chosen.count;
  const Variations sampled = masks.sampled(sampling);
  Variations turned;
  std::vector<Tensor> sign;
  int64_t next = 1;
  for (size_t i = 0; i < masks.names().size(); ++i) {
    const Tensor weight = *find(network.state(), masks.names()[i]);
    const Tensor bits = sampled.at(masks.names()[i])->apply(torch::ones_like(weight)).flatten();
    const Tensor all = bits.unsqueeze(0).repeat({variants, 1});
    const Tensor own = bits.index_select(0, chosen.indices[i]);
    for (int64_t j = 0; j < own.numel(); ++j) {
      all[next++].index_fill_(0, chosen.indices[i].narrow(0, j, 1), 1 - own[j].item<double>());
    }
    std::vector<int64_t> shape = weight.sizes().vec();
    shape.insert(shape.begin(), variants);
    turned[masks.names()[i]] = given_variants(all.view(shape) * weight);
    sign.push_back(1 - 2 * own);
  }
  const EnsembleScope scope(network, variants, turned);
  const Batch repeated_batch = repeated(batch, variants);
  const Tensor loss =
      loss_per_sample(network.signature(), network.forward(repeated_batch), repeated_batch)
          .view({variants, -1})
          .mean(1);
  return torch::cat(sign) * (loss.narrow(0, 1, chosen.count) - loss[0]);
}

Tensor at(const Chosen& chosen, const std::vector<Tensor>& gradients) {
  std::vector<Tensor> out;
  for (size_t i = 0; i < gradients.size(); ++i) {
    out.push_back(gradients[i].flatten().index_select(0, chosen.indices[i]));
  }
  return torch::cat(out);
}

MaskSampling sampling_of(Estimator estimator, const char* use, int64_t step) {
  MaskSampling out;
  out.estimator = estimator;
  out.noise = {derive_seed(kSeed, use), static_cast<uint64_t>(step), {}};
  return out;
}

double length(const Tensor& values) { return values.norm().item<double>(); }

// All relative to the size of the true gradient of the chosen weights. `signs`: the share of right
// signs among the weights whose true gradient is clear of its noise.
void compare(Json& record, const Moments& estimate, const Moments& truth, const Tensor& slopes) {
  const Tensor exact = truth.mean() * slopes;
  const double size = length(exact);
  const Tensor mean = estimate.mean();
  const double along = (mean * exact).sum().item<double>();
  record["bias"] = length(mean - exact) / size;
  record["bias_cosine"] = along / (length(mean) * size);
  record["bias_scale"] = along / (size * size);
  record["bias_noise"] = std::sqrt(estimate.squared_error(torch::ones_like(slopes))) / size;
  record["variance"] = estimate.variance().sum().item<double>() / (size * size);
  const Tensor clear = exact.abs() > 3 * truth.error() * slopes;
  const Tensor same = clear.logical_and(mean.sign() == exact.sign());
  record["clear"] = clear.sum().item<int64_t>();
  record["signs"] = same.sum().item<double>() / std::max(clear.sum().item<double>(), 1.0);
  record["truth_noise"] = std::sqrt(truth.squared_error(slopes)) / size;
}

// The logits after `steps` of a mask training, in double precision as the network is.
Masks trained_masks(const EstimatorTask& task, Trained& trained, int64_t steps) {
  ModelBase& network = *trained.network;
  network.to(torch::kFloat);
  const Masks single(network, {{"*"}, {}, kInitialLogit});
  train_masks(task, trained, single, Estimator::gumbel, steps, kSeed);
  network.to(torch::kDouble);
  Masks out(network, {{"*"}, {}, kInitialLogit});
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < out.names().size(); ++i) {
    Tensor(out.logits()[i].second).copy_(single.logits()[i].second);
  }
  return out;
}

Batch first_rows(const Source& source, int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
  return source.load(rows).to(torch::kDouble);
}

Moments drawn_gradients(ModelBase& network, const Masks& masks, const Chosen& chosen,
                        const Batch& batch, Estimator estimator, int64_t draws) {
  std::vector<Tensor> leaves;
  for (const auto& [name, logits] : masks.logits()) leaves.push_back(logits);
  Moments out;
  for (int64_t draw = 0; draw < draws; ++draw) {
    const StepResult step =
        mask_step(network, masks, sampling_of(estimator, "estimate", draw), batch);
    out.add(at(chosen, torch::autograd::grad({step.loss}, leaves)));
  }
  return out;
}

// The score function estimator; b is the mean of the first losses, which are not used again.
Moments scores(ModelBase& network, const Masks& masks, const Chosen& chosen, const Batch& batch,
               int64_t draws) {
  const torch::NoGradGuard no_grad;
  constexpr int64_t kAtOnce = 32;
  const Batch repeated_batch = repeated(batch, kAtOnce);
  Moments baseline, out;
  for (int64_t draw = 0; draw < 4 + (draws + kAtOnce - 1) / kAtOnce; ++draw) {
    MaskSampling sampling = sampling_of(Estimator::mean, "score", draw);
    sampling.samples = kAtOnce;
    std::vector<Tensor> excess;
    for (size_t i = 0; i < masks.names().size(); ++i) {
      const Tensor logits = masks.logits()[i].second.detach();
      MaskSampling own = sampling;
      own.noise.key = derive_seed(sampling.noise.key, masks.names()[i]);
      const Tensor surprise = sample_bits(logits, own) - torch::sigmoid(logits);
      excess.push_back(surprise.flatten(1).index_select(1, chosen.indices[i]));
    }
    const EnsembleScope scope(network, kAtOnce, masks.sampled(sampling));
    const Tensor losses =
        loss_per_sample(network.signature(), network.forward(repeated_batch), repeated_batch)
            .view({kAtOnce, -1})
            .mean(1);
    const Tensor surprises = torch::cat(excess, 1);  // [kAtOnce, chosen]
    for (int64_t one = 0; one < kAtOnce; ++one) {
      if (draw < 4) {
        baseline.add(losses[one]);
      } else {
        out.add((losses[one] - baseline.mean()) * surprises[one]);
      }
    }
  }
  return out;
}

Records gradients(const EstimatorTask& task, const Settings& settings) {
  Trained trained = train_network(task, kSeed);
  ModelBase& network = *trained.network;
  const int64_t draws = settings.repeats > 0 ? settings.repeats : task.draws;
  Records out;
  for (const int64_t steps : task.points) {
    const Masks masks = trained_masks(task, trained, steps);
    const Batch batch = first_rows(*trained.data->task(task.task, Split::test), task.rows);
    const Chosen chosen = choose(network, masks, task.chosen);
    Moments truth;
    for (int64_t draw = 0; draw < task.truths; ++draw) {
      truth.add(differences(network, masks, chosen, batch,
                            sampling_of(Estimator::gumbel, "truth", draw)));
    }
    const auto add = [&](const char* estimator, const Moments& estimate) {
      Json record = begin_record("estimators/" + task.name, settings);
      record["estimator"] = estimator;
      record["steps"] = steps;
      compare(record, estimate, truth, torch::cat(chosen.slopes));
      record["weights"] = chosen.count;
      record["truths"] = task.truths;
      record["draws"] = estimate.count();
      out.push_back(record);
    };
    for (const Estimator estimator : settings.estimators) {
      add(name_of(estimator), drawn_gradients(network, masks, chosen, batch, estimator, draws));
    }
    add("score", scores(network, masks, chosen, batch, 10 * draws));
  }
  return out;
}

// Whole trainings of networks and masks by several seeds.
Records trainings(const EstimatorTask& task, const Settings& settings) {
  Records out;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Trained trained = train_network(task, seed);
    const auto test = trained.data->task(task.task, Split::test);
    for (const Estimator estimator : settings.estimators) {
      const Masks masks(*trained.network, {{"*"}, {}, kInitialLogit});
      const Seconds time =
          timed([&] { train_masks(task, trained, masks, estimator, task.mask_steps, seed); });
      const NamedTensors bits = masks.bits();
      double kept = 0;
      for (const auto& [name, tensor] : bits) kept += tensor.sum().item<double>();
      const auto found = evaluate(*trained.network, *test, 2,
                                  hard_masks(*trained.network, {NamedTensors{}, bits}), {});
      Json record = begin_record("estimators/" + task.name + "-training", settings);
      record["estimator"] = name_of(estimator);
      record["seed"] = seed;
      record["unmasked"] = found[0].accuracy;
      record["accuracy"] = found[1].accuracy;
      record["kept"] = kept / static_cast<double>(masks.weights());
      record["cpu_s"] = time.cpu;
      record["steps"] = task.mask_steps;
      out.push_back(record);
    }
  }
  return out;
}

}  // namespace

std::vector<Benchmark> estimator_benchmarks() {
  using Run = Records (*)(const EstimatorTask&, const Settings&);
  std::vector<Benchmark> out;
  const auto add = [&](size_t task, const std::string& name, Run run) {
    out.push_back({"estimators/" + name, [task, run](const Settings& settings) {
                     return run(estimator_tasks(settings.tiny)[task], settings);
                   }});
  };
  for (size_t task = 0; task < estimator_tasks(true).size(); ++task) {
    const std::string name = estimator_tasks(true)[task].name;
    add(task, name, gradients);
    add(task, name + "-training", trainings);
  }
  return out;
}

}  // namespace modhost::bench
