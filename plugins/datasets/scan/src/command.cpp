#include "command.h"

#include <modhost/error.h>

#include <algorithm>

namespace modhost_scan {
namespace {

using Words = std::vector<uint8_t>;
using Actions = std::vector<uint8_t>;

constexpr int kTurnsOfAround = 4;

bool is_direction(uint8_t word) { return word == kLeft || word == kRight; }

// The action of a verb alone; "turn" has none of its own.
std::optional<Actions> verb_actions(uint8_t word) {
  switch (word) {
    case kJump:
      return Actions{kDoJump};
    case kRun:
      return Actions{kDoRun};
    case kWalk:
      return Actions{kDoWalk};
    case kLook:
      return Actions{kDoLook};
    case kTurn:
      return Actions{};
    default:
      return std::nullopt;
  }
}

Actions joined(Actions first, const Actions& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Actions repeated(const Actions& actions, int times) {
  Actions out;
  for (int i = 0; i < times; ++i) out = joined(std::move(out), actions);
  return out;
}

// V
std::optional<Actions> verb_phrase(const Words& words) {
  if (words.empty() || words.size() > 3) return std::nullopt;
  const auto verb = verb_actions(words.front());
  if (!verb) return std::nullopt;
  if (words.size() == 1) return words.front() == kTurn ? std::nullopt : verb;
  if (!is_direction(words.back())) return std::nullopt;
  const Actions turn{words.back() == kLeft ? kTurnLeft : kTurnRight};
  if (words.size() == 2) return joined(turn, *verb);
  if (words[1] == kOpposite) return joined(joined(turn, turn), *verb);
  if (words[1] == kAround) return repeated(joined(turn, *verb), kTurnsOfAround);
  return std::nullopt;
}

// S
std::optional<Actions> sentence(Words words) {
  if (words.empty()) return std::nullopt;
  const int times = words.back() == kTwice ? 2 : words.back() == kThrice ? 3 : 1;
  if (times > 1) words.pop_back();
  const auto actions = verb_phrase(words);
  if (!actions) return std::nullopt;
  return repeated(*actions, times);
}

// C
std::optional<Actions> meaning(const Words& words) {
  const auto joint = std::find_if(words.begin(), words.end(),
                                  [](uint8_t word) { return word == kAnd || word == kAfter; });
  if (joint == words.end()) return sentence(words);
  const auto before = sentence({words.begin(), joint});
  const auto behind = sentence({joint + 1, words.end()});
  if (!before || !behind) return std::nullopt;
  return *joint == kAnd ? joined(*before, *behind) : joined(*behind, *before);
}

std::vector<Words> all_verb_phrases() {
  std::vector<Words> out;
  for (const uint8_t verb : {kWalk, kLook, kRun, kJump, kTurn}) {
    if (verb != kTurn) out.push_back({verb});
    for (const uint8_t direction : {kLeft, kRight}) {
      out.push_back({verb, direction});
      out.push_back({verb, kOpposite, direction});
      out.push_back({verb, kAround, direction});
    }
  }
  return out;
}

std::vector<Words> all_sentences() {
  std::vector<Words> out;
  for (const Words& phrase : all_verb_phrases()) {
    out.push_back(phrase);
    for (const uint8_t times : {kTwice, kThrice}) out.push_back(joined(phrase, {times}));
  }
  return out;
}

template <size_t capacity>
std::string text(const Tokens<capacity>& tokens, const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const uint8_t token : tokens) parts.push_back(names[token]);
  return modhost::join(parts, " ");
}

}  // namespace

const std::vector<std::string>& word_names() {
  static const std::vector<std::string> names{"left",   "right", "twice", "thrice", "opposite",
                                              "around", "and",   "after", "jump",   "run",
                                              "walk",   "look",  "turn"};
  return names;
}

const std::vector<std::string>& action_names() {
  static const std::vector<std::string> names{"I_TURN_LEFT", "I_TURN_RIGHT", "I_JUMP",
                                              "I_WALK",      "I_RUN",        "I_LOOK"};
  return names;
}

std::optional<Command> command_of(const std::vector<uint8_t>& words) {
  if (words.size() > kLongestCommand) return std::nullopt;
  const auto actions = meaning(words);
  if (!actions) return std::nullopt;
  Command out;
  out.words.count = static_cast<uint8_t>(words.size());
  std::copy(words.begin(), words.end(), out.words.token.begin());
  out.actions.count = static_cast<uint8_t>(actions->size());
  std::copy(actions->begin(), actions->end(), out.actions.token.begin());
  return out;
}

std::vector<Command> all_commands() {
  const std::vector<Words> sentences = all_sentences();
  std::vector<Command> out;
  for (const Words& first : sentences) out.push_back(*command_of(first));
  for (const uint8_t joint : {kAnd, kAfter}) {
    for (const Words& first : sentences) {
      for (const Words& second : sentences) {
        out.push_back(*command_of(joined(joined(first, {joint}), second)));
      }
    }
  }
  return out;
}

std::string words_text(const Command& command) { return text(command.words, word_names()); }
std::string actions_text(const Command& command) { return text(command.actions, action_names()); }

}  // namespace modhost_scan
