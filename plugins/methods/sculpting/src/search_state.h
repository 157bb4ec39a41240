// What a search for prunings must remember to go on as if nothing had happened.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pruner.h"

namespace modhost_sculpting {

class SearchState {
 public:
  SearchState(const std::filesystem::path& folder, const std::string& stage);

  // Overwrites networks and trials by what was saved, and lets the searches hear of these trials;
  // how many rounds were done, 0 without a file. Error(data) for a file of other candidates.
  int64_t load(Pruned& pruned, std::vector<ShareSearch>& searches) const;
  void save(const Pruned& pruned, int64_t rounds) const;

 private:
  std::filesystem::path path_;
};

}  // namespace modhost_sculpting
