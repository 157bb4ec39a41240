// Methods, each wrong in one way that a conformance check must find.
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/method.h>
#include <modhost/plugin.h>

#include <map>
#include <string>

namespace {

using namespace modhost;

constexpr int64_t kSteps = 10;

// Does not look at the stop signal.
class Deaf : public Method<Options> {
 public:
  using Method::Method;
  void run(Experiment& experiment) override {
    experiment.network();
    for (int64_t step = 0; step < kSteps; ++step) experiment.progress().update(step, {});
    experiment.writer().scalar("steps", kSteps);
  }
};

void check_stop(const Experiment& experiment) {
  check(!experiment.stop().requested(), ErrorCode::interrupted, "interrupted");
}

// Leaves a zero behind in the network.
class Careless : public Method<Options> {
 public:
  using Method::Method;
  void run(Experiment& experiment) override {
    ModelBase& network = experiment.network();
    check_stop(experiment);
    network.parameters().front().tensor().flatten()[0] = 0;
    experiment.writer().scalar("zeros", 1);
  }
};

// Goes on where it was stopped, but counts only the steps since then.
class Forgetful : public Method<Options> {
 public:
  using Method::Method;
  void run(Experiment& experiment) override {
    experiment.network();
    static std::map<std::string, int64_t> done;
    int64_t& step = done[experiment.writer().folder().string()];
    int64_t steps = 0;
    experiment.progress().begin("steps", kSteps, "steps");
    for (; step < kSteps; ++step, ++steps) {
      check_stop(experiment);
      experiment.progress().update(step, {});
    }
    experiment.writer().scalar("steps", static_cast<double>(steps));
  }
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.method<Deaf>("deaf", "ignores the stop signal");
  registry.method<Careless>("careless", "changes the network");
  registry.method<Forgetful>("forgetful", "another result after an interruption");
}
