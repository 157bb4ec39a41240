// The language of SCAN: its words, its grammar and what a command means.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modhost_scan {

// In falling frequency over the eight published files, ties by first appearance there: the order of
// the tokens in the code of Csordas et al. 2021. One more token ends a sequence.
enum Word : uint8_t {
  kLeft,
  kRight,
  kTwice,
  kThrice,
  kOpposite,
  kAround,
  kAnd,
  kAfter,
  kJump,
  kRun,
  kWalk,
  kLook,
  kTurn,
  kWords
};
enum Action : uint8_t { kTurnLeft, kTurnRight, kDoJump, kDoWalk, kDoRun, kDoLook, kActions };

// "left", "right", ... and "I_TURN_LEFT", ..., by token.
const std::vector<std::string>& word_names();
const std::vector<std::string>& action_names();

constexpr size_t kLongestCommand = 9;
constexpr size_t kMostActions = 48;

template <size_t capacity>
struct Tokens {
  uint8_t count = 0;
  std::array<uint8_t, capacity> token{};

  const uint8_t* begin() const { return token.data(); }
  const uint8_t* end() const { return token.data() + count; }
  bool operator==(const Tokens& other) const {
    return count == other.count && token == other.token;
  }
};

struct Command {
  Tokens<kLongestCommand> words;
  Tokens<kMostActions> actions;

  bool operator==(const Command& other) const {
    return words == other.words && actions == other.actions;
  }
};

// The actions of a command; nothing when the words are no command:
//   C -> S | S and S | S after S     S -> V | V twice | V thrice
//   V -> u | u d | u opposite d | u around d | turn d | turn opposite d | turn around d
// for u in walk, look, run, jump and d in left, right. "a after b" does b first.
std::optional<Command> command_of(const std::vector<uint8_t>& words);

// All 20,910 commands of the grammar.
std::vector<Command> all_commands();

// "jump twice"; "I_JUMP I_JUMP"
std::string words_text(const Command& command);
std::string actions_text(const Command& command);

}  // namespace modhost_scan
