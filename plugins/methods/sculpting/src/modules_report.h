// What detection leaves behind: labels, tables, pictures, and a few sentences.
#pragma once

#include <modhost/writer.h>

#include "success.h"
#include "truth.h"
#include "wiring_test.h"

namespace modhost_sculpting {

void report_modules(modhost::RunWriter& writer, const Wired& all, const Detection& found,
                    const WiringTest& test);

// Beside the modules that the dataset was made with.
void report_truth(modhost::RunWriter& writer, const TruthScore& score);
void report_success(modhost::RunWriter& writer, const Success& success);

}  // namespace modhost_sculpting
