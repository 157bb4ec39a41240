// Everything about a set of masks that goes to files: tables and the scalars of results.json.
#pragma once

#include <modhost/writer.h>

#include "mask_result.h"

namespace modhost_diffmask {

void write_results(modhost::RunWriter& writer, const Results& results);

}  // namespace modhost_diffmask
