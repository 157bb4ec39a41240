// What masks cost: 16 variants at once against 16 passes.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "cases.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/limits.h"
#include "modhost/loss.h"
#include "network.h"

namespace modhost::conformance {
namespace {

constexpr int64_t kCount = 16;
constexpr int64_t kRows = 8;

// Forward and backward to the variants, as a mask step does.
void step(ModelBase& net, const Variants& variants, const Batch& batch) {
  Variants traced = variants;
  for (auto& [name, tensor] : traced.weights) tensor = tensor.detach().requires_grad_(true);
  const Tensor output = forward_all(net, traced, batch);
  loss_per_sample(net.signature(), output, batch).mean().backward();
}

void joint_step(ModelBase& net, const Variants& variants, const Batch& batch) {
  step(net, variants, repeated(batch, kCount));
}

void single_steps(ModelBase& net, const Variants& variants, const Batch& batch) {
  for (int64_t part = 0; part < kCount; ++part) step(net, variants.only(part), batch);
}

template <typename Work>
double fastest(int times, const Work& work) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

Outcome speed(const Context& context, const ModelCase& one) {
  const auto net = network(context, one, torch::kFloat);
  const Variants variants = random_variants(*net, kCount, MaskKind::hard, context.seed);
  const Batch batch = random_batch(one.signature, kRows, context.seed, torch::kFloat);
  joint_step(*net, variants, batch);
  const double together = fastest(3, [&] { joint_step(*net, variants, batch); });
  const double alone = fastest(3, [&] { single_steps(*net, variants, batch); });
  const double ratio = together / alone;
  const std::string text = "16 masks at once take " + number_text(ratio) + " of 16 passes";
  return ratio > limit(context, "port-speed") ? warn(text) : pass(text);
}

// A figure of /proc/self/status in bytes; 0 when there is none.
double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(key + ":", 0) == 0) return 1024 * std::atof(line.c_str() + key.size() + 1);
  }
  return 0;
}

// How far `work` lets the resident memory grow beyond what it was; -1 when it cannot be told.
template <typename Work>
double growth(const Work& work) {
  std::ofstream("/proc/self/clear_refs") << "5";
  const double before = status_bytes("VmRSS");
  if (status_bytes("VmHWM") > before * 1.01) return -1;
  work();
  return status_bytes("VmHWM") - before;
}

Outcome memory(const Context& context, const ModelCase& one) {
  constexpr double kMeasurable = 16e6;
  const auto net = network(context, one, torch::kFloat);
  const Variants variants = random_variants(*net, kCount, MaskKind::hard, context.seed);
  const Batch batch = random_batch(one.signature, kRows, context.seed, torch::kFloat);
  // The small one first: freed memory stays with the process and is used again.
  const double single = growth([&] { step(*net, variants.only(0), batch); });
  const double together = growth([&] { joint_step(*net, variants, batch); }) + single;
  if (single < 0 || together < 0) return skip("the system does not tell the memory's peak");
  if (together < kMeasurable) return skip("the network is too small: under 16 MB with 16 masks");
  const double ratio = together / (kCount * single);
  const std::string text =
      number_text(together / 1e6) + " MB, " + number_text(ratio) + " of 16 single passes";
  return ratio > limit(context, "port-memory") ? warn(text) : pass(text);
}

}  // namespace

void add_port_cost_checks(Checks& out) {
  out.push_back({"port-speed", Scope::model, "16 masks at once are no slower than 16 passes",
                 each_case<speed>, Level::full});
  out.push_back({"port-memory", Scope::model,
                 "16 masks at once need little more memory than 16 passes together",
                 each_case<memory>, Level::full});
}

}  // namespace modhost::conformance
