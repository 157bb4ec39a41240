#include <modhost/error.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "command.h"
#include "division.h"

using namespace modhost_scan;

namespace {

std::string line_of(const Command& command) {
  return "IN: " + words_text(command) + " OUT: " + actions_text(command);
}

uint64_t fnv1a(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  }
  return hash;
}

std::vector<int64_t> without_repeats(const std::vector<int64_t>& items) {
  const std::set<int64_t> distinct(items.begin(), items.end());
  return {distinct.begin(), distinct.end()};
}

bool has(const Command& command, const std::string& words) {
  return (" " + words_text(command) + " ").find(" " + words + " ") != std::string::npos;
}

}  // namespace

TEST_CASE("the grammar has 20,910 commands, none longer than 9 words and 48 actions", "[scan]") {
  const auto commands = all_commands();
  std::set<std::string> lines;
  size_t words = 0, actions = 0;
  for (const Command& command : commands) {
    lines.insert(line_of(command));
    words = std::max<size_t>(words, command.words.count);
    actions = std::max<size_t>(actions, command.actions.count);
  }
  CHECK(commands.size() == 20910);
  CHECK(lines.size() == 20910);
  CHECK(words == 9);
  CHECK(actions == 48);
}

// The hash is that of a separate program in Python, which composes the actions together with the
// words instead of parsing them.
TEST_CASE("every command means what the grammar says", "[scan]") {
  std::vector<std::string> lines;
  for (const Command& command : all_commands()) lines.push_back(line_of(command));
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  CHECK(fnv1a(text) == 0xbd7ba9b654214243);
}

TEST_CASE("words that are no command have no meaning", "[scan]") {
  const std::vector<std::vector<uint8_t>> wrong = {
      {},
      {kTurn},
      {kTurn, kTwice},
      {kLeft},
      {kJump, kJump},
      {kJump, kTwice, kTwice},
      {kTwice, kJump},
      {kJump, kOpposite},
      {kJump, kOpposite, kAround, kLeft},
      {kJump, kAnd},
      {kAfter, kJump},
      {kJump, kAnd, kRun, kAfter, kLook},
      std::vector<uint8_t>(10, kJump),
  };
  for (const auto& words : wrong) CHECK_FALSE(command_of(words).has_value());
  CHECK(command_of({kJump})->actions.count == 1);
}

TEST_CASE("the parts of each split have the published sizes", "[scan]") {
  const auto commands = all_commands();
  const std::map<std::string, std::pair<size_t, size_t>> published = {{"simple", {16728, 4182}},
                                                                      {"jump", {14670, 7706}},
                                                                      {"turn_left", {21890, 1208}},
                                                                      {"length", {16990, 3920}}};
  for (const auto& [name, sizes] : published) {
    CAPTURE(name);
    const Parts parts = divide(division_named(name), commands, 1);
    CHECK(parts.train.size() == sizes.first);
    CHECK(parts.test.size() == sizes.second);
    const auto train = without_repeats(parts.train), test = without_repeats(parts.test);
    CHECK(test.size() == sizes.second);
    CHECK(train.size() + test.size() == commands.size());
    std::vector<int64_t> both;
    std::set_intersection(train.begin(), train.end(), test.begin(), test.end(),
                          std::back_inserter(both));
    CHECK(both.empty());
  }
  CHECK_THROWS_WITH(division_named("jumps"), Catch::Contains("unknown split 'jumps'"));
}

TEST_CASE("what is held out is what the split is named after", "[scan]") {
  const auto commands = all_commands();
  for (const auto& [division, words] :
       {std::pair{Division::jump, "jump"}, {Division::turn_left, "turn left"}}) {
    const Parts parts = divide(division, commands, 1);
    std::map<std::string, int> alone;
    for (const int64_t at : parts.train) {
      if (has(commands[at], words)) ++alone[words_text(commands[at])];
    }
    // The others of the part are there once; the published size is reached by this one.
    const int repeats = static_cast<int>(parts.train.size()) -
                        static_cast<int>(without_repeats(parts.train).size()) + 1;
    CHECK(alone == std::map<std::string, int>{{words, repeats}});
    CHECK(repeats == (division == Division::jump ? 1467 : 2189));
    CHECK(std::all_of(parts.test.begin(), parts.test.end(),
                      [&, &part = words](int64_t at) { return has(commands[at], part); }));
  }
  const Parts length = divide(Division::length, commands, 1);
  for (const int64_t at : length.train) REQUIRE(commands[at].actions.count <= 22);
  for (const int64_t at : length.test) REQUIRE(commands[at].actions.count > 22);
}

TEST_CASE("splits depend on the seed alone", "[scan]") {
  const auto commands = all_commands();
  const Parts parts = divide(Division::simple, commands, 1);
  CHECK(divide(Division::simple, commands, 1).test == parts.test);
  CHECK(without_repeats(divide(Division::simple, commands, 2).test) != without_repeats(parts.test));
}

TEST_CASE("tokens are numbered by falling frequency over the eight files", "[scan]") {
  const auto commands = all_commands();
  std::vector<int64_t> words(kWords), actions(kActions);
  for (const Division division : kDivisions) {
    const Parts parts = divide(division, commands, 1);
    for (const auto* part : {&parts.train, &parts.test}) {
      for (const int64_t at : *part) {
        for (const uint8_t word : commands[at].words) ++words[word];
        for (const uint8_t action : commands[at].actions) ++actions[action];
      }
    }
  }
  CHECK(std::is_sorted(words.rbegin(), words.rend()));
  CHECK(std::is_sorted(actions.rbegin(), actions.rend()));
}
