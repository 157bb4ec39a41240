// Everything about a set of masks that goes to files: tables and the scalars of results.json.
#pragma once

#include <modhost/writer.h>

#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

// `classes`: what they are called, where the network puts out classes.
void write_results(modhost::RunWriter& writer, const Results& results,
                   const std::vector<std::string>& classes);

}  // namespace modhost_diffmask
