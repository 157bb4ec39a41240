// What is known of each sample besides its input: its class, its task and its split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_own_data {

enum class Part : int8_t { train, validation, test };  // in the order of modhost::Split

struct Annotations {
  int64_t size = 0;                       // samples, of all splits together
  std::vector<std::string> classes = {};  // names; empty: the target is numbers
  std::vector<int32_t> label = {};        // [size], place in `classes`; empty as they are
  std::vector<std::string> tasks = {};    // names; empty: the data name no tasks
  std::vector<int32_t> task = {};         // [size], place in `tasks`; empty as they are
  std::vector<Part> part = {};            // [size]; empty: the data name no splits
};

// Deals out the samples to the splits that the data lack: `validation` and `test` are shares of
// what is there (of the training samples, when only one of both is missing). Each class and task is
// divided in proportion. A function of annotations, shares and seed alone.
void divide(Annotations& notes, double validation, double test, uint64_t seed);

// The share of the most frequent class: the accuracy of guessing. 0 without classes.
double largest_share(const Annotations& notes);

}  // namespace modhost_own_data
