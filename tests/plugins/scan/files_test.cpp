#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/random.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "official_files.h"

using namespace modhost_scan;
namespace fs = std::filesystem;

namespace {

// Lines of the published files.
std::string examples() { return modhost::read_file(MODHOST_TEST_DATA "/scan/examples.txt"); }

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_scan_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

std::string refusal(const std::string& text) {
  try {
    parse_commands(text, "part.txt");
  } catch (const modhost::Error& error) {
    CHECK(error.code() == modhost::ErrorCode::data);
    return error.full();
  }
  return "accepted";
}

std::vector<Command> test_part(Division division) {
  const auto commands = all_commands();
  std::vector<Command> out;
  for (const int64_t at : divide(division, commands, 3).test) out.push_back(commands[at]);
  return out;
}

}  // namespace

TEST_CASE("published lines are read and agree with the grammar", "[scan][files]") {
  const auto commands = parse_commands(examples(), "examples.txt");
  REQUIRE(commands.size() == 12);
  CHECK(words_text(commands[1]) == "run opposite left after walk right");
  CHECK(actions_text(commands[1]) == "I_TURN_RIGHT I_WALK I_TURN_LEFT I_TURN_LEFT I_RUN");
  CHECK(commands[10].words.count == 2);
  CHECK(commands[10].actions.count == 1);
}

TEST_CASE("line ends of other systems and a missing last one are understood", "[scan][files]") {
  const auto once = parse_commands("IN: jump OUT: I_JUMP\nIN: run OUT: I_RUN\n", "");
  CHECK(parse_commands("IN: jump OUT: I_JUMP\r\nIN: run OUT: I_RUN\r\n", "") == once);
  CHECK(parse_commands("IN: jump OUT: I_JUMP\nIN: run OUT: I_RUN", "") == once);
  CHECK(parse_commands("", "").empty());
}

TEST_CASE("a line that is wrong is named, with what it should be", "[scan][files]") {
  const std::string good = "IN: jump OUT: I_JUMP\n";
  CHECK(refusal(good + "jump I_JUMP\n") ==
        "line 2 of 'part.txt': 'jump I_JUMP' is not like 'IN: jump twice OUT: I_JUMP I_JUMP'");
  CHECK(refusal("IN: jumq OUT: I_JUMP\n") ==
        "line 1 of 'part.txt': unknown word 'jumq'; did you mean 'jump'?");
  CHECK(refusal("IN: jump OUT: I_JUMB\n") ==
        "line 1 of 'part.txt': unknown word 'I_JUMB'; did you mean 'I_JUMP'?");
  CHECK(refusal("IN: jump and OUT: I_JUMP\n") ==
        "line 1 of 'part.txt': 'jump and' is no command of the grammar");
  CHECK(refusal("IN: jump twice OUT: I_JUMP\n") ==
        "line 1 of 'part.txt': 'jump twice' means 'I_JUMP I_JUMP', the file says 'I_JUMP'");
  CHECK(refusal("\n") ==
        "line 1 of 'part.txt': '' is not like 'IN: jump twice OUT: I_JUMP I_JUMP'");
  const std::string endless = refusal("IN: " + std::string(100000, '\x01') + " OUT: I_JUMP\n");
  CHECK(endless.size() < 150);
  CHECK(endless.find('\x01') == std::string::npos);
}

TEST_CASE("damaged files give an error or commands of the grammar, nothing else",
          "[scan][files][fuzz]") {
  const std::string whole = examples();
  modhost::RandomStream random(5);
  const auto survives = [](const std::string& text) {
    try {
      for (const Command& command : parse_commands(text, "part.txt")) {
        REQUIRE(command_of({command.words.begin(), command.words.end()}) == command);
      }
    } catch (const modhost::Error& error) {
      REQUIRE(error.code() == modhost::ErrorCode::data);
    }
  };
  for (size_t length = 0; length < whole.size(); ++length) survives(whole.substr(0, length));
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    for (uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
    }
    survives(damaged);
  }
}

TEST_CASE("a part that was written is read back, also from a flat folder", "[scan][files]") {
  const Folder folder;
  const auto part = test_part(Division::turn_left);
  write_part(folder.path, Division::turn_left, false, part);
  const fs::path file = folder.path / "add_prim_split/tasks_test_addprim_turn_left.txt";
  REQUIRE(fs::exists(file));
  CHECK(read_part(folder.path, Division::turn_left, false) == part);
  fs::rename(file, folder.path / file.filename());
  CHECK(read_part(folder.path, Division::turn_left, false) == part);
}

TEST_CASE("a missing file and one with too few commands are refused", "[scan][files]") {
  const Folder folder;
  CHECK_THROWS_WITH(official_file(folder.path, Division::jump, true),
                    Catch::Contains("there is no 'tasks_train_addprim_jump.txt' in") &&
                        Catch::Contains("'add_prim_split'"));
  auto part = test_part(Division::turn_left);
  part.pop_back();
  write_part(folder.path, Division::turn_left, false, part);
  CHECK_THROWS_WITH(read_part(folder.path, Division::turn_left, false),
                    Catch::Contains("has 1,207 commands, the published file has 1,208"));
}
