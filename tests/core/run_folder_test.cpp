#include "run_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "modhost/error.h"
#include "modhost/files.h"
#include "results_file.h"
#include "test_folder.h"

namespace {

using namespace modhost;
using namespace modhost::core;
namespace fs = std::filesystem;

constexpr const char* kConfig = "[method]\nname = \"a\"\nalpha = 0.1\n[run]\nthreads = 0\n";
constexpr const char* kOther = "[method]\nname = \"a\"\nalpha = 0.2\n[run]\nthreads = 0\n";

Environment environment(const std::string& plugin = "1.0 abc") {
  Environment out;
  out.command = "modhost --method a";
  out.config_hash = "0123456789abcdef";
  out.builds = {{"modhost", "0.1.0"}, {"plugin 'a'", plugin}};
  out.machine = {{"cpu", "test"}};
  return out;
}

std::string message_of(const fs::path& path, const std::string& config, ErrorCode code,
                       const Environment& now = environment(), bool fresh = false) {
  try {
    const RunFolder folder(path, config, now, fresh);
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.full();
  }
  return "";
}

void finish(const fs::path& path) {
  Results results;
  results.status = kFinished;
  results.scalars = {{"test/accuracy", 0.1 + 0.2}};
  write_file_atomically(path / "summary.txt", "the summary\n");
  write_file_atomically(path / "results.json", to_json(results));
}

TEST_CASE("a new run makes its folder with config and environment") {
  const TestFolder test;
  const fs::path path = test.path() / "runs" / "one";
  const RunFolder folder(path, kConfig, environment(), false);
  CHECK_FALSE(folder.continued());
  CHECK(folder.state() == RunFolder::State::begun);
  CHECK(read_file(path / "config.toml") == kConfig);
  CHECK(fs::exists(path / "environment.json"));
}

TEST_CASE("an unfinished run of the same config is continued") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  Environment later = environment();
  later.command = "modhost resume x";
  later.machine = {};
  const RunFolder folder(test.path(), kConfig, later, false);
  CHECK(folder.continued());
  CHECK(folder.environment().command == "modhost --method a");
}

TEST_CASE("the number of threads is no other config") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  const std::string slower = std::string(kConfig, 0, std::string(kConfig).size() - 2) + "1\n";
  const RunFolder folder(test.path(), slower, environment(), false);
  CHECK(folder.continued());
}

TEST_CASE("a finished run keeps its results and summary") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  finish(test.path());
  const RunFolder folder(test.path(), kConfig, environment(), false);
  CHECK(folder.state() == RunFolder::State::finished);
  CHECK(folder.stored_summary() == "the summary\n");
  CHECK(folder.stored_results().find("0.30000000000000004") != std::string::npos);
}

TEST_CASE("a run that was interrupted or failed is not finished") {
  const TestFolder test;
  const RunFolder folder(test.path(), kConfig, environment(), false);
  for (const char* text :
       {"{\"status\": \"interrupted\"}", "{\"status\": \"failed\"}", "{", "[]"}) {
    write_file_atomically(test.path() / "results.json", text);
    CHECK(folder.state() == RunFolder::State::begun);
  }
}

TEST_CASE("a folder with a run of another config is refused with the keys that differ") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  CHECK(message_of(test.path(), kOther, ErrorCode::config) ==
        "the folder '" + test.path().string() +
            "' holds a run of another config: method.alpha (0.1 there, 0.2 here); choose another "
            "folder by --run.dir DIR; '--run.fresh true' throws away what is there");
  CHECK(read_file(test.path() / "config.toml") == kConfig);
}

TEST_CASE("a run of other builds is refused with what changed") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  const std::string message =
      message_of(test.path(), kConfig, ErrorCode::config, environment("1.1 def"));
  CHECK(message.find("plugin 'a' was 1.0 abc, is 1.1 def") != std::string::npos);
  CHECK(message.find("--run.fresh true") != std::string::npos);
}

TEST_CASE("a folder with foreign files is refused and left alone, even with fresh") {
  const TestFolder test;
  write_file_atomically(test.path() / "thesis.tex", "precious");
  for (const bool fresh : {false, true}) {
    CHECK(message_of(test.path(), kConfig, ErrorCode::usage, environment(), fresh) ==
          "the folder '" + test.path().string() +
              "' is not empty and holds no run of modhost; choose another one by --run.dir DIR");
  }
  CHECK(read_file(test.path() / "thesis.tex") == "precious");
  CHECK_FALSE(fs::exists(test.path() / "run.lock"));
}

TEST_CASE("what a process killed at its start left behind is no foreign file") {
  const TestFolder test;
  write_file_atomically(test.path() / "run.lock", "");
  write_file_atomically(test.path() / "environment.json.123.tmp", "{");
  const RunFolder folder(test.path(), kConfig, environment(), false);
  CHECK_FALSE(folder.continued());
  CHECK_FALSE(fs::exists(test.path() / "environment.json.123.tmp"));
}

TEST_CASE("temporary files of killed processes go, wherever they lie, and nothing else") {
  const TestFolder test;
  const TestFolder elsewhere;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  fs::create_directories(test.path() / "checkpoints/masks");
  write_file_atomically(elsewhere.path() / "a.tmp", "of somebody else");
  fs::create_directory_symlink(elsewhere.path(), test.path() / "link");
  const std::string names[] = {"results.json.12.tmp", "checkpoints/masks/a.safetensors.12.tmp"};
  for (const std::string& name : names) write_file_atomically(test.path() / name, "half");
  write_file_atomically(test.path() / "checkpoints/masks/a.safetensors", "whole");
  const RunFolder folder(test.path(), kConfig, environment(), false);
  for (const std::string& name : names) CHECK_FALSE(fs::exists(test.path() / name));
  CHECK(fs::exists(test.path() / "checkpoints/masks/a.safetensors"));
  CHECK(fs::exists(elsewhere.path() / "a.tmp"));
}

TEST_CASE("temporary files stay while another process works") {
  const TestFolder test;
  const RunFolder first(test.path(), kConfig, environment(), false);
  write_file_atomically(test.path() / "results.json.12.tmp", "half");
  message_of(test.path(), kConfig, ErrorCode::io);
  CHECK(fs::exists(test.path() / "results.json.12.tmp"));
}

TEST_CASE("a run killed between environment.json and config.toml goes on") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  fs::remove(test.path() / "config.toml");
  const RunFolder folder(test.path(), kConfig, environment(), false);
  CHECK(read_file(test.path() / "config.toml") == kConfig);
}

TEST_CASE("fresh throws away a run of whatever config") {
  const TestFolder test;
  { const RunFolder first(test.path(), kConfig, environment(), false); }
  finish(test.path());
  fs::create_directories(test.path() / "tables");
  write_file_atomically(test.path() / "tables" / "a.csv", "1");
  const RunFolder folder(test.path(), kOther, environment("2.0"), true);
  CHECK_FALSE(folder.continued());
  CHECK(folder.state() == RunFolder::State::begun);
  CHECK_FALSE(fs::exists(test.path() / "tables"));
  CHECK(read_file(test.path() / "config.toml") == kOther);
}

TEST_CASE("a second run in the same folder is refused while the first works") {
  const TestFolder test;
  const RunFolder first(test.path(), kConfig, environment(), false);
  const std::string expected = "another modhost is working in the folder '" + test.path().string() +
                               "'; wait for it, or choose another folder by --run.dir DIR";
  for (const bool fresh : {false, true}) {
    CHECK(message_of(test.path(), kConfig, ErrorCode::io, environment(), fresh) == expected);
  }
}

TEST_CASE("a damaged environment.json is told and not overwritten") {
  const TestFolder test;
  write_file_atomically(test.path() / "environment.json", "{");
  CHECK(message_of(test.path(), kConfig, ErrorCode::data).find("is damaged or not of modhost") !=
        std::string::npos);
  CHECK(read_file(test.path() / "environment.json") == "{");
}

TEST_CASE("resume needs the folder of a run") {
  const TestFolder test;
  CHECK_THROWS_WITH(stored_config(test.path() / "none"),
                    "there is no folder '" + (test.path() / "none").string() + "'");
  CHECK_THROWS_WITH(stored_config(test.path()),
                    "the folder '" + test.path().string() + "' holds no run of modhost");
  const RunFolder folder(test.path(), kConfig, environment(), false);
  CHECK(stored_config(test.path()) == test.path() / "config.toml");
}

}  // namespace
