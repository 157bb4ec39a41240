#include "run_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

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
  explicit Silence(const std::string& stdout_file = "/dev/null") : out_(::dup(1)), err_(::dup(2)) {
    std::fflush(nullptr);
    const int out = ::open(stdout_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(out, 1);
    ::dup2(null, 2);
    ::close(out);
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

TEST_CASE("SIGTERM stops a run as Ctrl-C does") {
  const TestFolder test;
  CHECK(run(into(test.path()), "terminate") == kExitInterrupted);
  CHECK(results_in(test.path())["status"] == "interrupted");
}

TEST_CASE("a run goes on with the number of threads that it was begun with") {
  const TestFolder test;
  const std::string begun = GENERATE("3", "5");
  CHECK(run(into(test.path(), {"--run.threads", begun}), "interrupt") == kExitInterrupted);
  CHECK(SearchOptions::threads_seen == std::stoi(begun));
  SECTION("when none is given") {
    CHECK(run(into(test.path())) == kExitDone);
    CHECK(SearchOptions::threads_seen == std::stoi(begun));
  }
  SECTION("when the same is given") {
    CHECK(run({"resume", test.path().string(), "--run.threads", begun}) == kExitDone);
    CHECK(SearchOptions::threads_seen == std::stoi(begun));
  }
  SECTION("and not with another one") {
    try {
      run({"resume", test.path().string(), "--run.threads", "4"});
      FAIL("it was accepted");
    } catch (const Error& error) {
      CHECK(exit_code(error.code()) == kExitWrongUse);
      CHECK(error.full() ==
            "the run in '" + test.path().string() + "' was begun with --run.threads " + begun +
                " and cannot go on with 4: sums would be rounded otherwise; leave it out to go "
                "on; to start anew choose another folder by --run.dir DIR, or take --run.fresh "
                "true, which throws away what is there");
    }
    CHECK(results_in(test.path())["status"] == "interrupted");
    CHECK(run(into(test.path(), {"--run.threads", "4", "--run.fresh"})) == kExitDone);
    CHECK(SearchOptions::threads_seen == 4);
    CHECK(run(into(test.path(), {"--run.threads", "2"})) == kExitDone);  // finished: shown again
  }
}

TEST_CASE("the number of threads of another machine's default stays") {
  const TestFolder test;
  CHECK(run(into(test.path()), "interrupt") == kExitInterrupted);
  const fs::path file = test.path() / "environment.json";
  Json environment = Json::parse(read_file(file));
  environment["machine"]["threads"] = "7";
  write_file_atomically(file, environment.dump());
  CHECK(run({"resume", test.path().string()}) == kExitDone);
  CHECK(SearchOptions::threads_seen == 7);
}

TEST_CASE("what a method throws is told with its plugin and leaves a failed run") {
  const TestFolder test;
  CHECK_THROWS_WITH(run(into(test.path()), "throw"),
                    "method 'search' (plugin 'test') failed while running: no luck");
  CHECK(results_in(test.path())["status"] == "failed");
  CHECK(run(into(test.path())) == kExitDone);
  CHECK(results_in(test.path())["status"] == "finished");
}

TEST_CASE("with --json stdout holds JSON objects, one a line, and nothing else") {
  const TestFolder test;
  const fs::path folder = test.path() / "r\xffn";
  const std::string behaviour = GENERATE("interrupt", "");
  std::vector<std::string> events;
  for (int call = 0; call < 2; ++call) {  // the second one continues or shows the results again
    const fs::path file = test.path() / "stdout";
    TestSource source;
    SearchOptions::behaviour = behaviour;
    {
      const Silence silence(file.string());
      run_command(parse_command_line(into(folder, {"--json"})), source);
    }
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      events.push_back(Json::parse(line).at("event").get<std::string>());
    }
  }
  const std::vector<std::string> expected =
      behaviour.empty() ? std::vector<std::string>{"begin", "end", "results", "results"}
                        : std::vector<std::string>{"begin", "begin"};
  CHECK(events == expected);
}

TEST_CASE("a damaged checkpoint is told with a way out") {
  const TestFolder test;
  try {
    run(into(test.path()), "damaged checkpoint");
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(exit_code(error.code()) == kExitFailed);
    CHECK(error.full() == "'" + (test.path() / "checkpoints/a.safetensors").string() +
                              "' is damaged; remove the file, and 'modhost resume " +
                              test.path().string() + "' computes this stage anew");
  }
  CHECK(results_in(test.path())["status"] == "failed");
}

TEST_CASE("a config that the method refuses leaves no new folder behind") {
  const TestFolder test;
  const fs::path folder = test.path() / "run";
  CHECK_THROWS_WITH(run(into(folder), "refuse"), "no task");
  CHECK_FALSE(fs::exists(folder));
  CHECK(run(into(folder, {"--method.alpha", "0.25"})) == kExitDone);
}

TEST_CASE("a refused config deletes nothing that was there or was computed") {
  const TestFolder test;
  const fs::path folder = test.path() / "run";
  SECTION("a folder of the user") {
    fs::create_directory(folder);
    CHECK_THROWS_AS(run(into(folder), "refuse"), Error);
  }
  SECTION("an earlier run") {
    CHECK(run(into(folder), "interrupt") == kExitInterrupted);
    CHECK_THROWS_AS(run(into(folder), "refuse"), Error);
  }
  SECTION("first results") { CHECK_THROWS_AS(run(into(folder), "refuse after work"), Error); }
  CHECK(results_in(folder)["status"] == "failed");
  CHECK(fs::exists(folder / "config.toml"));
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
