#include "run_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "exit_code.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "run_folder.h"
#include "test_folder.h"
#include "test_source.h"

namespace {

using namespace modhost;
using namespace modhost::core;
namespace fs = std::filesystem;
using Json = nlohmann::json;

// What the run prints is no matter of these cases.
class Silence {
 public:
  Silence() : out_(::dup(1)), err_(::dup(2)) {
    std::fflush(nullptr);
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, 1);
    ::dup2(null, 2);
    ::close(null);
  }
  ~Silence() {
    std::fflush(nullptr);
    ::dup2(out_, 1);
    ::dup2(err_, 2);
    ::close(out_);
    ::close(err_);
  }

 private:
  int out_, err_;
};

int run(const std::vector<std::string>& arguments, const std::string& behaviour = "") {
  TestSource source;
  SearchOptions::behaviour = behaviour;
  const Silence silence;
  return run_command(parse_command_line(arguments), source);
}

std::vector<std::string> into(const fs::path& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"--method", "search",    "--model",
                                    "net",      "--run.dir", folder.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json results_in(const fs::path& folder) { return Json::parse(read_file(folder / "results.json")); }

TEST_CASE("a run leaves config, environment, tables, results and summary in its folder") {
  const TestFolder test;
  const fs::path folder = test.path() / "run";
  CHECK(run(into(folder)) == kExitDone);
  const Json results = results_in(folder);
  CHECK(results["status"] == "finished");
  CHECK(results["model"] == "net");
  CHECK(results["dataset"] == "toy");
  CHECK(results["method"] == "search");
  CHECK(results["scalars"]["search/alpha"] == 0.5);
  CHECK(results["tables"]["search"] == "tables/search.csv");
  CHECK(results["config_hash"].get<std::string>().size() == 16);
  CHECK(results["fingerprint"].get<std::string>().size() == 16);
  CHECK(results["command"].get<std::string>().find("modhost --method search") == 0);
  CHECK(fs::exists(folder / "tables/search.csv"));
  CHECK(read_file(folder / "summary.txt")
            .find("task     accuracy\nsquare      0.750\nIt was "
                  "found.\n") != std::string::npos);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    CHECK(entry.path().extension() != ".tmp");
  }
}

TEST_CASE("a finished run is not computed again, unless it shall be") {
  const TestFolder test;
  CHECK(run(into(test.path())) == kExitDone);
  CHECK(run(into(test.path()), "throw") == kExitDone);
  CHECK(run({"resume", test.path().string()}, "throw") == kExitDone);
  CHECK_THROWS_AS(run(into(test.path(), {"--run.fresh"}), "throw"), Error);
  CHECK(results_in(test.path())["status"] == "failed");
}

TEST_CASE("an interrupted run says so, and resume finishes it as if nothing had been") {
  const TestFolder test;
  const fs::path whole = test.path() / "whole", parts = test.path() / "parts";
  CHECK(run(into(whole, {"--method.alpha", "0.25"})) == kExitDone);
  CHECK(run(into(parts, {"--method.alpha", "0.25"}), "interrupt") == kExitInterrupted);
  CHECK(results_in(parts)["status"] == "interrupted");
  CHECK(run({"resume", parts.string()}) == kExitDone);
  Json expected = results_in(whole), found = results_in(parts);
  CHECK(found["command"].get<std::string>().find("parts") != std::string::npos);
  expected.erase("command");
  found.erase("command");
  CHECK(found == expected);
  CHECK(read_file(parts / "config.toml") == read_file(whole / "config.toml"));
}

TEST_CASE("what a method throws is told with its plugin and leaves a failed run") {
  const TestFolder test;
  CHECK_THROWS_WITH(run(into(test.path()), "throw"),
                    "method 'search' (plugin 'test') failed while running: no luck");
  CHECK(results_in(test.path())["status"] == "failed");
  CHECK(run(into(test.path())) == kExitDone);
  CHECK(results_in(test.path())["status"] == "finished");
}

TEST_CASE("another config in the same folder is refused") {
  const TestFolder test;
  CHECK(run(into(test.path())) == kExitDone);
  try {
    run(into(test.path(), {"--method.alpha", "0.125"}));
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(exit_code(error.code()) == kExitWrongUse);
    CHECK(std::string(error.what()).find("method.alpha (0.5 there, 0.125 here)") !=
          std::string::npos);
  }
}

TEST_CASE("the config of a run, given as a file, is the same run elsewhere") {
  const TestFolder test;
  const fs::path first = test.path() / "first", second = test.path() / "second";
  CHECK(run(into(first, {"--run.seed", "5"})) == kExitDone);
  CHECK(run({"--config", (first / "config.toml").string(), "--run.dir", second.string()}) ==
        kExitDone);
  CHECK(results_in(first)["config_hash"] == results_in(second)["config_hash"]);
}

}  // namespace
