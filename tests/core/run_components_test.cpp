#include "run_components.h"

#include <catch2/catch.hpp>

#include "config_file.h"
#include "guard.h"
#include "modhost/error.h"
#include "test_source.h"

namespace {

using namespace modhost;
using namespace modhost::core;

Settings named() { return parse_config("[model]\nname=\"net\"\n[method]\nname=\"search\"\n", "a"); }

TEST_CASE("defaults stand where nobody says anything") {
  TestSource source;
  const auto chosen = choose_components(named(), source);
  CHECK(chosen->train.batch_size() == TrainOptions().batch_size());
  CHECK(chosen->run.seed() == 1);
}

TEST_CASE("suggestions are stronger than defaults, the model's stronger than the method's") {
  TestSource source;
  const auto chosen = choose_components(named(), source);
  CHECK(chosen->dataset.entry->name == "toy");
  CHECK(chosen->train.epochs() == 7);
  CHECK(chosen->train.lr() == 2e-3);
  CHECK(chosen->train.lr.origin() == "suggestion of model 'net'");
  CHECK(chosen->dataset.options->find("size")->value_text() == "200");
}

TEST_CASE(
    "a file is stronger than a suggestion, a later file than an earlier one, the command "
    "line than all") {
  TestSource source;
  Settings settings = named();
  merge(settings, parse_config("[train]\nlr = 0.1\nepochs = 3\n[run]\nseed = 5\n", "one"));
  CHECK(choose_components(settings, source)->train.lr() == 0.1);
  merge(settings, parse_config("[train]\nlr = 0.2\n[run]\nseed = 6\n", "two"));
  CHECK(choose_components(settings, source)->train.lr() == 0.2);
  set_text(settings, "train", "lr", "0.3", kCommandLine);
  const auto chosen = choose_components(settings, source);
  CHECK(chosen->train.lr() == 0.3);
  CHECK(chosen->train.epochs() == 3);
  CHECK(chosen->run.seed() == 6);
}

TEST_CASE("the folder is named after the components and the config") {
  TestSource source;
  Settings settings = named();
  const std::string folder = choose_components(settings, source)->folder();
  CHECK(folder.find("runs/search-net-toy-") == 0);
  CHECK(folder.size() == std::string("runs/search-net-toy-").size() + 8);
  set_text(settings, "run", "threads", "1", kCommandLine);
  CHECK(choose_components(settings, source)->folder() == folder);
  set_text(settings, "method", "alpha", "0.25", kCommandLine);
  CHECK(choose_components(settings, source)->folder() != folder);
  set_text(settings, "run", "dir", "here", kCommandLine);
  CHECK(choose_components(settings, source)->folder() == "here");
}

TEST_CASE("a component that is not named is asked for with what there is") {
  TestSource source;
  CHECK_THROWS_WITH(choose_components({}, source), "no method is named");
  try {
    choose_components({}, source);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    CHECK(error.hint() == "give --method NAME; there are: search");
  }
}

TEST_CASE("an unknown option names its component") {
  TestSource source;
  Settings settings = named();
  set_text(settings, "method", "alfa", "1", kCommandLine);
  CHECK_THROWS_WITH(choose_components(settings, source),
                    "command line: unknown option 'method.alfa'; search has: alpha");
}

TEST_CASE("a model that does not fit the dataset is refused in words") {
  TestSource source;
  const auto chosen = choose_components(named(), source);
  const auto dataset = make_dataset(chosen->dataset);
  CHECK_NOTHROW(
      check_signature(*chosen->model.entry, *chosen->dataset.entry, dataset->signature(), source));
  const Signature other{Input::panels, {16, 8, 8}, Output::choice, {8}};
  CHECK_THROWS_WITH(
      check_signature(*chosen->model.entry, *chosen->dataset.entry, other, source),
      "model 'net' does not fit dataset 'toy': the dataset gives panels [16, 8, 8] -> choice [8], "
      "the model takes features -> classes");
}

TEST_CASE("a pair that does not fit is told with what would fit each") {
  TestSource source;
  const auto chosen = choose_components(named(), source);
  const Signature other{Input::panels, {16, 8, 8}, Output::choice, {8}};
  const auto hint = [&] {
    try {
      check_signature(*chosen->model.entry, *chosen->dataset.entry, other, source);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::config);
      return error.hint();
    }
    return std::string("no error");
  };
  CHECK(hint() == "no installed plugin says that it fits 'net' or 'toy'");
  source.datasets = {{"digits", parse_accepts("features -> classes")},
                     {"pictures", parse_accepts("image -> classes")},
                     {"toy", parse_accepts("features, panels -> classes, choice")}};
  CHECK(hint() == "datasets that fit net: digits");
  source.models = {{"scl", parse_accepts("panels -> choice")},
                   {"wren", parse_accepts("image, panels -> classes, choice")},
                   {"net", parse_accepts("features -> classes")}};
  CHECK(hint() == "datasets that fit net: digits; models that fit toy: scl, wren");
}

TEST_CASE("whatever a plugin throws becomes an error that names it") {
  TestSource source;
  const Component& net = source.get(ComponentKind::model, "net");
  const std::string who = "model 'net' (plugin 'test') failed while running: ";
  CHECK_THROWS_WITH(guarded(net, "running", [] { throw std::runtime_error("bad\nluck"); }),
                    who + "bad");
  CHECK_THROWS_WITH(guarded(net, "running", [] { throw 3; }),
                    who + "it threw something that is no std::exception");
  CHECK_THROWS_WITH(guarded(net, "running", [] { throw std::bad_alloc(); }),
                    who + "there is not enough memory for what it asks for");
  CHECK_THROWS_WITH(guarded(net, "running", [] { std::vector<int>().reserve(size_t(-1)); }),
                    who + "there is not enough memory for what it asks for");
  CHECK_THROWS_WITH(guarded(net, "running", [] { return torch::empty({int64_t{1} << 58}); }),
                    who + "there is not enough memory for 1.15 EB at once");
  CHECK_THROWS_WITH(guarded(net, "running", [] { TORCH_CHECK(false, "sizes differ"); }),
                    who + "sizes differ");
  CHECK_THROWS_WITH(guarded(net, "running", [] { throw Error(ErrorCode::shape, "no"); }),
                    who + "no");
  CHECK_THROWS_WITH(guarded(net, "running", [] { throw Error(ErrorCode::data, "no file"); }),
                    "no file");
  CHECK(guarded(net, "running", [] { return 5; }) == 5);
}

}  // namespace
