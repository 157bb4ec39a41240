#include "division.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>

namespace modhost_scan {
namespace {

constexpr int kLongestTrained = 22;  // actions, in the length split

// Sizes: github.com/brendenlake/SCAN, counted in the files.
constexpr DivisionInfo kInfo[] = {
    {"simple", "a random split: all kinds of commands", "simple_split", "simple", 16728, 4182},
    {"jump", "learns 'jump' alone and the rest; tested on commands with 'jump'", "add_prim_split",
     "addprim_jump", 14670, 7706},
    {"turn_left", "learns 'turn left' alone and the rest; tested on commands with 'turn left'",
     "add_prim_split", "addprim_turn_left", 21890, 1208},
    {"length", "learns commands of up to 22 actions; tested on longer ones", "length_split",
     "length", 16990, 3920},
};

// The command that is learnt alone only.
std::vector<uint8_t> lone(Division division) {
  if (division == Division::jump) return {kJump};
  return {kTurn, kLeft};
}

bool is_tested(Division division, const Command& command) {
  if (division == Division::length) return command.actions.count > kLongestTrained;
  const std::vector<uint8_t> part = lone(division);
  const auto& words = command.words;
  return words.count > part.size() &&
         std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end();
}

std::vector<int64_t> shuffled(const std::vector<int64_t>& items, uint64_t seed) {
  std::vector<int64_t> out;
  out.reserve(items.size());
  const auto order = modhost::permutation(static_cast<int64_t>(items.size()), seed);
  for (const int64_t at : order) out.push_back(items[static_cast<size_t>(at)]);
  return out;
}

Parts random_parts(int64_t train, int64_t count, uint64_t seed) {
  const auto order = modhost::permutation(count, seed);
  return {{order.begin(), order.begin() + train}, {order.begin() + train, order.end()}};
}

}  // namespace

const DivisionInfo& info(Division division) { return kInfo[static_cast<size_t>(division)]; }

Division division_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Division division : kDivisions) {
    if (name == info(division).name) return division;
    names.emplace_back(info(division).name);
  }
  throw modhost::Error(modhost::ErrorCode::config,
                       "unknown split '" + name + "'; there are " + modhost::join(names),
                       modhost::did_you_mean(name, names));
}

Parts divide(Division division, const std::vector<Command>& commands, uint64_t seed) {
  const auto count = static_cast<int64_t>(commands.size());
  const uint64_t own_seed = modhost::derive_seed(seed, info(division).name);
  if (division == Division::simple) return random_parts(info(division).train, count, own_seed);
  Parts parts;
  int64_t repeated = -1;
  for (int64_t at = 0; at < count; ++at) {
    const Command& command = commands[static_cast<size_t>(at)];
    (is_tested(division, command) ? parts.test : parts.train).push_back(at);
    const auto alone = lone(division);
    if (std::equal(command.words.begin(), command.words.end(), alone.begin(), alone.end())) {
      repeated = at;
    }
  }
  const auto published = static_cast<size_t>(info(division).train);
  if (parts.train.size() < published) parts.train.resize(published, repeated);
  return {shuffled(parts.train, modhost::derive_seed(own_seed, "train")),
          shuffled(parts.test, modhost::derive_seed(own_seed, "test"))};
}

}  // namespace modhost_scan
