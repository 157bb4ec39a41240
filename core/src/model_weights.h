// The weights from files that [model] names: their content counts as a part of the config.
#pragma once

#include <string>

#include "modhost/weights_options.h"

namespace modhost::core {

// Keys of [model] that say where weights lie; not they but their content, in weights_hash, make
// two runs different.
bool is_weights_path(const std::string& model_key);

// Writes the content hash of the files into the option weights_hash. Error(config) when a file
// cannot be read, or when the option holds another hash: the file is not the one of the run. With a
// hash but no file nothing is checked: a finished run can be shown without.
void note_content(WeightsOptions& options);

}  // namespace modhost::core
