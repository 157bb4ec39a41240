#include "resolved_config.h"

#include <catch2/catch.hpp>

#include "config_file.h"
#include "run_options.h"
#include "settings.h"

namespace {

using namespace modhost;
using namespace modhost::core;

struct Sample : Options {
  Option<bool> flag{*this, "flag", true, "a flag"};
  Option<int64_t> count{*this, "count", 3, "a count"};
  Option<double> rate{*this, "rate", 1e-4, "a rate"};
  Option<std::string> text{*this, "text", "a \"quoted\"\\text\n", "a text"};
  Option<std::vector<int64_t>> sizes{*this, "sizes", {800, 400}, "sizes"};
  Option<std::vector<std::string>> names{*this, "names", {}, "names"};
};

struct Fixture {
  Sample method;
  RunOptions run;
  ResolvedConfig config() const { return {{"method", "sample", &method}, {"run", "", &run}}; }
};

TEST_CASE("a resolved config holds all options in the order of their declaration") {
  Fixture fixture;
  fixture.run.dir.set("elsewhere");
  CHECK(resolved_text(fixture.config()) ==
        "# The config of this run with all defaults written out.\n"
        "# The same run elsewhere: modhost --config config.toml --run.dir FOLDER\n"
        "\n[method]\nname = \"sample\"\nflag = true\ncount = 3\nrate = 1e-04\n"
        "text = \"a \\\"quoted\\\"\\\\text\\u000a\"\nsizes = [800, 400]\nnames = []\n"
        "\n[run]\nseed = 1\nthreads = 0\ndevice = \"cpu\"\ncheckpoint_seconds = 20.0\n");
}

TEST_CASE("a resolved config that is read again gives the same config") {
  Fixture first;
  first.method.rate.set(0.1 + 0.2);
  first.method.names.set({"x", "y,z"});
  const std::string text = resolved_text(first.config());
  const Settings settings = parse_config(text, "config.toml");
  Fixture second;
  second.method.assign("method", "sample", options_of(settings, "method"));
  second.run.assign("run", "[run]", options_of(settings, "run"));
  CHECK(resolved_text(second.config()) == text);
  CHECK(config_hash(second.config()) == config_hash(first.config()));
  CHECK(second.method.rate() == 0.1 + 0.2);
}

TEST_CASE("tables of a config come back from the resolved one") {
  struct Net : Options {
    Option<std::vector<OptionTable>> layers{*this, "layers", {}, "layers"};
  };
  const auto resolved = [](const std::string& text) {
    Net net;
    net.assign("model", "net", options_of(parse_config(text, "a.toml"), "model"));
    return resolved_text({{"model", "net", &net}});
  };
  const std::string once = resolved(
      "[model]\nname = \"net\"\n[[model.layers]]\nkind = \"linear\"\nout = 128\n"
      "[[model.layers]]\nkind = \"relu\"\nfrom = [\"a\", \"b\"]\n");
  CHECK(once.find("\n[model]\nname = \"net\"\nlayers = [{kind = \"linear\", out = 128}, "
                  "{from = [\"a\", \"b\"], kind = \"relu\"}]\n") != std::string::npos);
  CHECK(resolved(once) == once);
}

TEST_CASE("the hash of a config does not change from build to build") {
  CHECK(config_hash(Fixture().config()) == "bb28e0c9db76954b");
}

TEST_CASE("the hash follows what can change a result and nothing else") {
  const std::string before = config_hash(Fixture().config());
  Fixture other;
  other.run.dir.set("elsewhere");
  other.run.threads.set(1);
  other.run.checkpoint_seconds.set(1);
  other.run.fresh.set(true);
  CHECK(config_hash(other.config()) == before);
  other.run.seed.set(2);
  CHECK(config_hash(other.config()) != before);
  Fixture changed;
  changed.method.rate.set(2e-4);
  CHECK(config_hash(changed.config()) != before);
}

TEST_CASE("the differences of two configs name key and values") {
  const Settings there = parse_config("[method]\nname = \"a\"\nalpha = 0.1\n", "a");
  const Settings here = parse_config("[method]\nname = \"a\"\nalpha = 0.2\n[run]\nseed = 2\n", "b");
  CHECK(differences(there, here) == std::vector<std::string>{"method.alpha (0.1 there, 0.2 here)",
                                                             "run.seed (not set there, 2 here)"});
  CHECK(differences(there, there).empty());
}

}  // namespace
