// Tiny components that are compiled in: a network without layers, a data set without samples and a
// method that does what its option says.
#pragma once

#include <ATen/Parallel.h>

#include <csignal>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "accepts_text.h"
#include "component_source.h"
#include "modhost/dataset.h"
#include "modhost/error.h"
#include "modhost/experiment.h"
#include "modhost/method.h"
#include "modhost/model.h"

namespace modhost::core {

struct NetOptions : Options {
  Option<int64_t> width{*this, "width", 10, "units", AtLeast{1}};
};
class Net : public Model<NetOptions> {
 public:
  static Accepts accepts() { return {{Input::features}, {Output::classes}}; }
  explicit Net(const Build& build) : Model(build) {}
  Tensor forward(const Batch& batch) override { return batch.input; }
};

struct SearchOptions : Options {
  Option<double> alpha{*this, "alpha", 0.5, "weight", AtLeast{0}};
  // Outside of the config, so that a run can be interrupted first and go on then.
  static inline std::string behaviour;
  static inline int threads_seen = 0;
};
class Search : public Method<SearchOptions> {
 public:
  using Method::Method;
  void run(Experiment& experiment) override {
    SearchOptions::threads_seen = at::get_num_threads();
    RunWriter& writer = experiment.writer();
    if (SearchOptions::behaviour == "refuse after work") writer.metrics("search", 1, {{"a", 1.0}});
    if (SearchOptions::behaviour.find("refuse") == 0) throw Error(ErrorCode::config, "no task");
    writer.scalar("search/alpha", options().alpha());
    experiment.progress().begin("search", 2, "steps");
    if (SearchOptions::behaviour == "interrupt") std::raise(SIGINT);
    if (SearchOptions::behaviour == "terminate") std::raise(SIGTERM);
    if (experiment.stop().requested()) throw Error(ErrorCode::interrupted, "stopped");
    if (SearchOptions::behaviour == "damaged checkpoint") {
      throw Error(ErrorCode::data,
                  "'" + (writer.folder() / "checkpoints/a.safetensors").string() + "' is damaged");
    }
    if (SearchOptions::behaviour == "throw") throw std::runtime_error("no luck");
    experiment.progress().end("");
    Table table;
    table.columns = {"task", "accuracy"};
    table.add({"square", 0.75});
    writer.table("search", table);
    writer.show(table);
    writer.say("It was found.");
  }
};

struct ToyOptions : Options {
  Option<int64_t> size{*this, "size", 100, "samples"};
};
class Toy : public Dataset<ToyOptions> {
 public:
  using Dataset::Dataset;
  Signature signature() const override { return {Input::features, {4}, Output::classes, {2}}; }
  std::vector<Task> tasks() const override { return {}; }
  std::string describe() const override { return "toy"; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override { return nullptr; }
  std::shared_ptr<const Source> task(const std::string&, Split) const override { return nullptr; }
};

// Components that are compiled in.
class TestSource : public ComponentSource {
 public:
  TestSource() {
    registry_.model<Net>("net", "a net")
        .suggest("dataset.name", "toy")
        .suggest("train.lr", "2e-3")
        .suggest("dataset.size", "200")
        .suggest("method.no_such_option", "1");
    registry_.method<Search>("search", "a search")
        .suggest("train.lr", "5e-3")
        .suggest("train.epochs", "7");
    registry_.dataset<Toy>("toy", "a toy");
  }
  const Component& get(ComponentKind kind, const std::string& name) override {
    const Component* found = registry_.find(kind, name);
    check(found != nullptr, ErrorCode::config, "unknown");
    return *found;
  }
  std::vector<std::string> names(ComponentKind kind) const override {
    return registry_.names(kind);
  }
  std::vector<std::string> fitting(ComponentKind kind, const Accepts& wanted) const override {
    std::vector<std::string> out;
    for (const auto& [name, accepts] : kind == ComponentKind::model ? models : datasets) {
      if (overlap(accepts, wanted)) out.push_back(name);
    }
    return out;
  }
  std::vector<Used> used() const override { return {}; }

  // What [fits] would say.
  std::map<std::string, Accepts> models, datasets;

 private:
  Registry registry_{"test"};
};

}  // namespace modhost::core
