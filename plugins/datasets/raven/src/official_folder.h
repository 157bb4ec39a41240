// Folders of RAVEN files, as the original generators or export_folder() write them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metadata.h"
#include "problem.h"

namespace modhost::raven {

struct ProblemFile {
  std::filesystem::path path;  // the .npz file
  Split split = Split::train;
  std::string group;                           // name of the folder that holds the file
  std::optional<Configuration> configuration;  // when `group` is the name of one
  uint64_t index = 0;                          // k of RAVEN_{k}_{split}.npz
};

// Lists root/{configuration}/RAVEN_{k}_{split}.npz and root/{split}/{any folder}/*.npz; the latter
// takes the split from the folder, whatever the file says. Reads names only. Sorted by split,
// folder, k and name. Error(data) when nothing is found or a file states no split.
std::vector<ProblemFile> list_problem_files(const std::filesystem::path& root);

struct LoadedProblem {
  std::vector<uint8_t> image;  // [16, side, side]
  int side = 0;                // 160 in the official data
  int target = 0;              // 0..7
  // Absent in files that only hold image and target.
  std::optional<std::array<uint8_t, kMetaColumns>> meta_target;
  std::optional<std::array<uint8_t, kMetaStructure>> meta_structure;
};

// `transposed` swaps rows and columns of every panel: some published networks were trained on
// panels that their data loader had transposed by accident. Error(data) names file, array and what
// it should be.
LoadedProblem load_problem(const std::filesystem::path& path, bool transposed = false);

}  // namespace modhost::raven
