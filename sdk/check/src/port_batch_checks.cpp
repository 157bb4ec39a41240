// Many variants in one forward against one variant at a time.
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "cases.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "network.h"

namespace modhost::conformance {
namespace {

std::string place(const Mode& mode, int64_t variants, int64_t rows) {
  return std::string(mode.name) + ", " + std::to_string(variants) + " variants of " +
         std::to_string(rows) + " rows";
}

// One forward of one variant with the noise of part `part`; buffers are put back.
Tensor single_pass(ModelBase& net, const Variants& variants, int64_t part, const Batch& batch) {
  const BufferKeeper keeper(net);
  net.set_noise(noise_of_parts(1, part));
  return forward_all(net, variants.only(part), batch);
}

Tensor joint_pass(ModelBase& net, const Variants& variants, const Batch& batch) {
  const BufferKeeper keeper(net);
  net.set_noise(noise_of_parts(variants.count));
  return forward_all(net, variants, repeated(batch, variants.count));
}

// One variant's outputs, computed with all others at once and by itself.
struct Pair {
  Tensor together, alone;
  std::string where;
  bool training;
};

std::vector<Pair> pairs(const Context& context, const ModelCase& one, torch::ScalarType type) {
  const torch::NoGradGuard no_grad;
  const auto net = network(context, one, type);
  std::vector<Pair> out;
  for (const Mode mode : kModes) {
    net->set_training(mode.training);
    for (const int64_t count : {1, 2, 7}) {
      const Variants variants = random_variants(*net, count, MaskKind::hard, context.seed);
      // Batch statistics of a single row do not exist.
      for (const int64_t rows : {mode.training ? 2 : 1, 5}) {
        const Batch batch = random_batch(one.signature, rows, context.seed, type);
        const std::vector<Tensor> together = parts(joint_pass(*net, variants, batch), count);
        for (int64_t part = 0; part < count; ++part) {
          out.push_back({together[static_cast<size_t>(part)],
                         single_pass(*net, variants, part, batch), place(mode, count, rows),
                         mode.training});
        }
      }
    }
  }
  return out;
}

// Both ways round differently, and a network may enlarge that: batch norm over two rows that hardly
// differ divides their rounding errors by their difference, in each layer again. How far a network
// does so is seen in the passes of one against float64.
Outcome compare_float32(const Context& context, const std::vector<Pair>& exact,
                        const std::vector<Pair>& single) {
  double own[2] = {0, 0};  // rounding error of passes of one, in evaluation and in training
  for (size_t i = 0; i < single.size(); ++i) {
    double& worst = own[single[i].training ? 1 : 0];
    worst = std::max(worst, squared_difference(single[i].alone, exact[i].alone));
  }
  const double least = limit(context, "port-batch-float32");
  const double times = limit(context, "port-batch-float32-rounding");
  const double doubtful = limit(context, "port-batch-float32-warn");
  Outcome worst = pass("float32 equal");
  double largest = 0;
  for (const Pair& pair : single) {
    const double error = squared_difference(pair.together, pair.alone);
    const double rounding = times * own[pair.training ? 1 : 0];
    Worst one;
    one.see(error, "float32, " + pair.where);
    const Outcome outcome = one.outcome(std::max(least, rounding), "");
    if (outcome.verdict != Verdict::pass) return outcome;
    if (error <= largest) continue;
    largest = error;
    worst = pass("float32 " + number_text(error));
    if (error > std::max(doubtful, rounding)) {
      worst = warn(worst.text + ", its rounding errors " + number_text(rounding / times));
    }
  }
  return worst;
}

Outcome batch(const Context& context, const ModelCase& one) {
  const std::vector<Pair> exact = pairs(context, one, torch::kDouble);
  Worst worst;
  for (const Pair& pair : exact) worst.see(difference(pair.together, pair.alone), pair.where);
  const Outcome outcome = worst.outcome(limit(context, "port-batch"), "K 1, 2, 7; B 1, 5");
  if (outcome.verdict != Verdict::pass) return outcome;
  Outcome coarse = compare_float32(context, exact, pairs(context, one, torch::kFloat));
  if (coarse.verdict == Verdict::pass) coarse.text = outcome.text + "; " + coarse.text;
  return coarse;
}

Outcome permute(const Context& context, const ModelCase& one) {
  const torch::NoGradGuard no_grad;
  const auto net = network(context, one);
  const std::vector<int64_t> order = {2, 0, 3, 1};
  const int64_t count = static_cast<int64_t>(order.size());
  const Variants variants = random_variants(*net, count, MaskKind::hard, context.seed);
  const Batch batch = random_batch(one.signature, 3, context.seed);
  const auto outputs = [&](const Variants& some) {
    const BufferKeeper keeper(*net);
    net->set_noise({{context.seed}, 1});
    return parts(forward_all(*net, some, repeated(batch, count)), count);
  };
  Worst worst;
  const std::vector<Tensor> before = outputs(variants);
  const std::vector<Tensor> after = outputs(variants.permuted(order));
  for (size_t part = 0; part < order.size(); ++part) {
    worst.see(difference(after[part], before[static_cast<size_t>(order[part])]),
              "permuted variants");
  }
  Variants replaced = random_variants(*net, count, MaskKind::hard, context.seed + 1);
  for (size_t i = 0; i < replaced.weights.size(); ++i) {
    const Tensor other = replaced.weights[i].second[1].clone();
    replaced.weights[i].second = variants.weights[i].second.clone();
    replaced.weights[i].second[1].copy_(other);
  }
  const std::vector<Tensor> changed = outputs(replaced);
  for (size_t part = 0; part < order.size(); ++part) {
    if (part == 1) continue;
    worst.see(difference(changed[part], before[part]),
              "variant 1 was replaced, part " + std::to_string(part));
  }
  return worst.outcome(limit(context, "port-permute"), "");
}

// The largest gradient of part k with respect to variants other than k.
double leak(ModelBase& net, const Variants& variants, const Batch& batch, uint64_t seed) {
  const BufferKeeper keeper(net);
  const torch::AutoGradMode enabled(true);
  Variants traced = variants;
  std::vector<Tensor> leaves;
  for (auto& [name, tensor] : traced.weights) {
    tensor = tensor.detach().clone().requires_grad_(true);
    leaves.push_back(tensor);
  }
  net.set_noise(noise_of_parts(variants.count));
  const Tensor output = forward_all(net, traced, repeated(batch, variants.count));
  double largest = 0;
  for (int64_t part = 0; part < variants.count; ++part) {
    const Tensor mine = parts(output, variants.count)[static_cast<size_t>(part)];
    const Tensor loss = (mine * normal(mine.sizes(), seed)).sum();
    const auto gradients = torch::autograd::grad({loss}, leaves, {}, true, false, true);
    for (const Tensor& gradient : gradients) {
      if (!gradient.defined()) continue;
      Tensor others = gradient.detach().abs().clone();
      others[part].zero_();
      largest = std::max(largest, others.max().item<double>());
    }
  }
  return largest;
}

Outcome isolation(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const Variants variants = random_variants(*net, 3, MaskKind::soft, context.seed);
  if (variants.weights.empty()) return skip("no parameter can be masked");
  const Batch batch = random_batch(one.signature, 2, context.seed);
  for (const Mode mode : kModes) {
    net->set_training(mode.training);
    const double found = leak(*net, variants, batch, context.seed);
    if (found != 0) {
      return fail(std::string(mode.name) +
                  ": the output of one part depends on the variant of "
                  "another (gradient " +
                  number_text(found) + ", must be exactly 0)");
    }
  }
  return pass();
}

// Evaluation leaves the buffers; training leaves the mean of what the parts would leave.
Outcome buffers(const Context& context, const ModelCase& one) {
  constexpr int64_t kParts = 3;
  const torch::NoGradGuard no_grad;
  const auto net = network(context, one);
  const NamedTensors start = copies(net->buffers());
  if (start.empty()) return skip("the network has no buffers");
  const Variants variants = random_variants(*net, kParts, MaskKind::hard, context.seed);
  const Batch batch = random_batch(one.signature, 4, context.seed);
  net->set_training(false);
  forward_all(*net, variants, repeated(batch, kParts));
  const std::string changed = first_difference(net->buffers(), start);
  if (!changed.empty()) return fail("after an evaluation, " + changed);

  net->set_training(true);
  BufferKeeper keeper(*net);
  std::vector<NamedTensors> single;
  for (int64_t part = 0; part < kParts; ++part) {
    keeper.restore();
    net->set_noise(noise_of_parts(1, part));
    forward_all(*net, variants.only(part), batch);
    single.push_back(copies(net->buffers()));
  }
  keeper.restore();
  net->set_noise(noise_of_parts(kParts));
  forward_all(*net, variants, repeated(batch, kParts));
  Worst worst;
  const NamedTensors together = net->buffers();
  for (size_t i = 0; i < together.size(); ++i) {
    std::vector<Tensor> each;
    for (const NamedTensors& state : single) each.push_back(state[i].second.to(torch::kDouble));
    worst.see(difference(together[i].second, torch::stack(each).mean(0)),
              "'" + together[i].first + "' is not the mean over the parts");
  }
  return worst.outcome(limit(context, "port-buffers"), "");
}

Outcome random_decisions(const Context& context, const ModelCase& one) {
  const torch::NoGradGuard no_grad;
  const auto net = network(context, one);
  const Batch batch = random_batch(one.signature, 4, context.seed);
  const auto output = [&](const Noise& noise) {
    const BufferKeeper keeper(*net);
    net->set_training(true);
    net->set_noise(noise);
    return net->forward(batch);
  };
  const Tensor first = output({{context.seed}, 1});
  if (!same_bits(output({{context.seed}, 1}), first)) {
    return fail("the same noise gives another output");
  }
  if (same_bits(output({{context.seed}, 2}), first) &&
      same_bits(output({{context.seed + 1}, 1}), first)) {
    return skip("nothing is random in training");
  }
  if (same_bits(output({{context.seed}, 2}), first)) return fail("each step drops the same units");
  net->set_training(false);
  const Tensor still = evaluated(*net, batch);
  net->set_noise({{context.seed}, 2});
  if (!same_bits(evaluated(*net, batch), still)) return fail("evaluation depends on the noise");
  return pass();
}

}  // namespace

void add_port_batch_checks(Checks& out) {
  const Scope scope = Scope::model;
  out.push_back({"port-batch", scope, "K variants in one forward give what K forwards of one give",
                 each_case<batch>});
  out.push_back({"port-permute", scope,
                 "permuted variants permute the outputs; a replaced one changes only its own",
                 each_case<permute>});
  out.push_back({"port-isolation", scope,
                 "no output depends on the variant of another part of the batch",
                 each_case<isolation>});
  out.push_back({"port-buffers", scope,
                 "evaluation leaves the buffers; training sets them to the mean over the parts",
                 each_case<buffers>});
  out.push_back({"port-random", scope,
                 "random decisions in training follow the noise that is set, and nothing else",
                 each_case<random_decisions>});
}

}  // namespace modhost::conformance
