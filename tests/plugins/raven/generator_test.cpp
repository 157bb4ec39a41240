// Reproducibility of the generator and the separation of the splits.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <thread>

#include "raven_helpers.h"

using namespace modhost::raven;

TEST_CASE("a problem is the same in any order and on any thread", "[raven]") {
  const Generator generator(named_task_set("iraven"));
  const Renderer renderer(generator.task_set().values);
  constexpr size_t kProblems = 56;
  const auto hash_of = [](const Generator& from, const Renderer& with, size_t k) {
    const auto configuration = static_cast<Configuration>(k % kConfigurations);
    const auto image = draw(with, from.generate(configuration, split_of_index(k), k, 3));
    return hash_bytes(image.data(), image.size());
  };
  std::vector<uint64_t> forward(kProblems);
  for (size_t k = 0; k < kProblems; ++k) forward[k] = hash_of(generator, renderer, k);

  const Generator other_generator(named_task_set("iraven"));
  const Renderer other_renderer(other_generator.task_set().values);
  std::vector<uint64_t> threaded(kProblems);
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t k = kProblems; k-- > 0;) {  // backwards, every problem on two threads
        if (k % 2 != thread % 2) continue;
        const uint64_t hash = hash_of(other_generator, other_renderer, k);
        if (thread < 2) threaded[k] = hash;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(threaded == forward);

  const Problem alone =
      generate(named_task_set("iraven"), Configuration::distribute_four, split_of_index(1), 1, 3);
  const auto image = draw(renderer, alone);
  CHECK(hash_bytes(image.data(), image.size()) == forward[1]);
}

TEST_CASE("name, split, configuration, index and seed each give another problem", "[raven]") {
  const Generator generator(named_task_set("iraven"));
  TaskSet renamed_set = named_task_set("iraven");
  renamed_set.name = "other";
  const Generator renamed(renamed_set);
  const Renderer renderer(generator.task_set().values);
  std::set<uint64_t> seen;
  size_t made = 0;
  for (const Generator* from : {&generator, &renamed}) {
    for (const Split split : {Split::train, Split::val, Split::test}) {
      for (const Configuration configuration : all_configurations()) {
        for (uint64_t k = 0; k < 3; ++k) {
          for (uint64_t seed = 0; seed < 2; ++seed) {
            const auto image = draw(renderer, from->generate(configuration, split, k, seed));
            seen.insert(hash_bytes(image.data(), image.size()));
            ++made;
          }
        }
      }
    }
  }
  CHECK(seen.size() == made);
}

TEST_CASE("splits share no matrix even where few matrices exist", "[raven]") {
  // One shape in black or white: about thousand times fewer matrices than the standard set.
  TaskSet small = single_set("circle", Configuration::center_single);
  small.values.colors = {255, 0};
  small.values.angles = {0};
  const Generator generator(small);
  const Renderer renderer(small.values);
  std::map<uint64_t, std::set<Split>> owners;
  size_t made = 0;
  for (const Split split : {Split::train, Split::val, Split::test}) {
    for (uint64_t k = 0; k < 500; ++k) {
      for (uint64_t seed = 0; seed < 2; ++seed) {
        const Problem problem = generator.generate(Configuration::center_single, split, k, seed);
        const auto image = draw(renderer, problem);
        // The context and the correct answer, wherever it is.
        uint64_t hash = hash_bytes(image.data(), kContextPanels * kPanelPixels);
        const auto answer = static_cast<size_t>(kContextPanels + problem.target);
        hash = hash_with(hash, hash_bytes(image.data() + answer * kPanelPixels, kPanelPixels));
        owners[hash].insert(split);
        ++made;
      }
    }
  }
  CHECK(owners.size() < made);  // the space is small enough for repetitions within a split
  for (const auto& [hash, splits] : owners) CHECK(splits.size() == 1);
}

TEST_CASE("indices map to splits by their last digit", "[raven]") {
  const std::string expected = "ttttttvvee";
  for (uint64_t k = 0; k < 30; ++k) {
    const char code = expected[k % 10];
    const Split split = code == 't' ? Split::train : code == 'v' ? Split::val : Split::test;
    CHECK(split_of_index(k) == split);
  }
}
