// A method on several states of a network, one after the other: on what it was during its training,
// or on networks of several seeds. Each state has a run of its own, in a folder within the run's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "modhost/method.h"
#include "results_file.h"
#include "run_context.h"

namespace modhost::core {

struct NetworkState {
  std::string label;             // for the screen: "epoch_0004"
  std::filesystem::path file;    // .safetensors with the network
  std::filesystem::path folder;  // of the state's run
  int64_t samples = 0;           // that it was trained on
};

// Whether [train] asks for such runs instead of one on the trained network.
bool has_states(const TrainOptions& train);

// Runs the method on each state, as on a network from a file, and returns the results in that
// order. What was finished earlier is read, not computed. Errors name the state.
std::vector<Results> run_states(const RunContext& context, const std::vector<NetworkState>& states);

// Trains the network, or the networks, runs the method on all states that [train] asks for, and
// leaves tables, numbers and words about them with the experiment's writer. Error(config) where the
// method trains the network by itself.
void run_on_states(const RunContext& context, Experiment& experiment);

}  // namespace modhost::core
