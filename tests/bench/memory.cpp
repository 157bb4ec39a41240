// What a mask step adds to the memory of the process: E = 64 samples against one. Each measurement
// is a process of its own, since memory that was freed is kept for the next use.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "benchmarks.h"
#include "modhost/error.h"
#include "training.h"

namespace modhost::bench {
namespace {

constexpr int64_t kMany = 64;

// A line of /proc/self/status in MB: VmRSS is what is resident, VmHWM the most that ever was.
double status_mb(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(field + ":", 0) == 0) return std::stod(line.substr(field.size() + 1)) / 1024;
  }
  throw Error(ErrorCode::internal, "no " + field + " in /proc/self/status");
}

// What `work` returns in a child made by fork; no thread runs yet.
double in_child(const std::function<double()>& work) {
  int ends[2];
  check(::pipe(ends) == 0, ErrorCode::internal, "no pipe");
  const pid_t child = ::fork();
  check(child >= 0, ErrorCode::internal, "no process");
  if (child == 0) {
    const double value = work();
    const bool told = ::write(ends[1], &value, sizeof value) == sizeof value;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  double value = 0;
  const bool heard = ::read(ends[0], &value, sizeof value) == sizeof value;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  check(heard && status == 0, ErrorCode::internal, "the measuring process failed");
  return value;
}

void some_steps(const Network& network, Estimator estimator) {
  const auto model = make(network);
  MaskTraining masks(*model, network, estimator);
  masks.prepare();
  for (int step = 0; step < 3; ++step) masks.step();
}

// The most that network, masks and steps took together.
double peak_mb(const Network& network, const Network& toy, Estimator estimator) {
  some_steps(toy, estimator);  // the code of the libraries is in memory then
  const double before = status_mb("VmRSS");
  some_steps(network, estimator);
  return status_mb("VmHWM") - before;
}

Records run(const std::string& name, const Settings& settings) {
  const std::vector<Network> real = networks(settings.tiny), toys = networks(true);
  Network one = named(real, name), many = one, toy = named(toys, name);
  many.batch = std::max(many.batch, kMany);
  one.batch = many.batch;
  one.samples = 1;
  many.samples = kMany;
  toy.samples = 2;  // the same for both, so that what it leaves behind is
  Records out;
  for (const Estimator estimator : settings.estimators) {
    const auto measured = [&](const Network& network) {
      return in_child([&] { return peak_mb(network, toy, estimator); });
    };
    Json record = begin_record("memory/" + name, settings);
    record["estimator"] = estimator == Estimator::mean ? "mean" : "gumbel";
    record["one_mb"] = measured(one);
    record["many_mb"] = measured(many);
    record["ratio"] = record["many_mb"].get<double>() / record["one_mb"].get<double>();
    record["batch"] = many.batch;
    record["samples"] = kMany;
    out.push_back(record);
  }
  return out;
}

}  // namespace

std::vector<Benchmark> memory_benchmarks() {
  std::vector<Benchmark> out;
  for (const std::string name : {"fnn-800x4", "lstm-256", "cnn", "transformer"}) {
    out.push_back(
        {"memory/" + name, [name](const Settings& settings) { return run(name, settings); }});
  }
  return out;
}

}  // namespace modhost::bench
