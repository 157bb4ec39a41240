// Tables and a sentence of double lesions.
#pragma once

#include <modhost/writer.h>

#include <vector>

#include "double_lesion.h"

namespace modhost_lesion {

// Of two important members of different layers, X before Y.
struct Dependency {
  size_t x = 0, y = 0;  // positions in `members`
  const DoubleLesion* pair = nullptr;
  std::string type;  // dependency_type

  bool edge() const { return type != "IV"; }
};
std::vector<Dependency> dependencies_of(const std::vector<Member>& members,
                                        const std::vector<DoubleLesion>& pairs);

void report_doubles(modhost::RunWriter& writer, const std::vector<Member>& members,
                    const std::vector<DoubleLesion>& pairs, const Score& whole);

}  // namespace modhost_lesion
