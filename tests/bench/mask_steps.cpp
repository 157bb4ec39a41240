// A mask step against the same network's ordinary training step, in turn, so that both see the same
// noise of a shared machine.
#include <sys/resource.h>

#include "benchmarks.h"
#include "measure.h"
#include "training.h"

namespace modhost::bench {
namespace {

double peak_rss_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string to_string(Estimator estimator) {
  return estimator == Estimator::mean ? "mean" : "gumbel";
}

Seconds timed_step(Training& training) {
  training.prepare();
  return timed([&] { training.step(); });
}

Json record(const Network& network, const Settings& settings, Estimator estimator,
            const Series& plain, const Series& mask) {
  Json out = begin_record("mask-step/" + network.name, settings);
  out["estimator"] = to_string(estimator);
  out["plain_cpu_s"] = plain.cpu();
  out["mask_cpu_s"] = mask.cpu();
  out["ratio"] = mask.cpu() / plain.cpu();
  out["pair_ratio"] = pair_ratio(mask, plain);
  out["plain_wall_s"] = plain.wall();
  out["mask_wall_s"] = mask.wall();
  out["plain_cpu_min"] = plain.cpu_min();
  out["plain_cpu_max"] = plain.cpu_max();
  out["mask_cpu_min"] = mask.cpu_min();
  out["mask_cpu_max"] = mask.cpu_max();
  out["repeats"] = plain.all.size();
  out["batch"] = network.batch;
  out["samples"] = network.samples;
  return out;
}

Records run(const Network& network, const Settings& settings) {
  const auto model = make(network);
  PlainTraining plain(*model, network);
  std::vector<std::unique_ptr<MaskTraining>> masks;
  for (const Estimator estimator : settings.estimators) {
    masks.push_back(std::make_unique<MaskTraining>(*model, network, estimator));
  }
  Series plain_times;
  std::vector<Series> mask_times(masks.size());
  const int64_t repeats = settings.repeats > 0 ? settings.repeats : network.repeats;
  constexpr int64_t kWarmUp = 2;
  for (int64_t round = -kWarmUp; round < repeats; ++round) {
    const Seconds plain_time = timed_step(plain);
    if (round >= 0) plain_times.all.push_back(plain_time);
    for (size_t i = 0; i < masks.size(); ++i) {
      const Seconds mask_time = timed_step(*masks[i]);
      if (round >= 0) mask_times[i].all.push_back(mask_time);
    }
  }
  Records out;
  for (size_t i = 0; i < masks.size(); ++i) {
    out.push_back(record(network, settings, settings.estimators[i], plain_times, mask_times[i]));
    out.back()["parameters"] = model->parameter_count();
    out.back()["masked"] = masks[i]->weights();
    out.back()["peak_rss_mb"] = peak_rss_mb();
  }
  return out;
}

}  // namespace

std::vector<Benchmark> mask_step_benchmarks() {
  std::vector<Benchmark> out;
  for (const Network& network : networks(false)) {
    out.push_back({"mask-step/" + network.name, [name = network.name](const Settings& settings) {
                     return run(named(networks(settings.tiny), name), settings);
                   }});
  }
  return out;
}

}  // namespace modhost::bench
