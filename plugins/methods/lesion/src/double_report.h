// Tables and a sentence of double lesions.
#pragma once

#include <modhost/writer.h>

#include <vector>

#include "double_lesion.h"

namespace modhost_lesion {

void report_doubles(modhost::RunWriter& writer, const std::vector<Member>& members,
                    const std::vector<DoubleLesion>& pairs, const Score& whole);

}  // namespace modhost_lesion
