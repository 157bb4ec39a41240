// What the person reads about a set of masks at the end of a run.
#pragma once

#include <modhost/writer.h>

#include <string>

#include "mask_result.h"

namespace modhost_diffmask {

void show_results(modhost::RunWriter& writer, const Results& results, double chance,
                  const std::string& unit);

}  // namespace modhost_diffmask
