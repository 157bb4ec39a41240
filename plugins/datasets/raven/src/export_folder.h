// Writes problems as files that every reader of the official data understands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "generator.h"
#include "renderer.h"

namespace modhost::raven {

struct ExportOptions {
  uint64_t first = 0;                        // k of the first problem of each configuration
  uint64_t problems_per_configuration = 10;  // k mod 10: 0-5 train, 6-7 val, 8-9 test
  uint64_t seed = 1234;
  bool xml = true;
  bool deflate = false;  // the official files are stored; deflated ones are 30 times smaller
  // Called after each problem; return false to stop early.
  std::function<bool(uint64_t done, uint64_t total)> progress;
};

// folder/{configuration}/RAVEN_{k}_{split}.npz and .xml, each written whole or not at all.
// Returns the number of problems written.
uint64_t export_folder(const TaskSet& set, const std::filesystem::path& folder,
                       const ExportOptions& options = {});

// A single problem; problems may be exported by several threads.
void export_problem(const Generator& generator, const Renderer& renderer,
                    Configuration configuration, uint64_t k, const std::filesystem::path& folder,
                    const ExportOptions& options);

}  // namespace modhost::raven
