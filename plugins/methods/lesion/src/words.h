// Numbers and answers as the tables and sentences of this method have them.
#pragma once

#include <modhost/count_text.h>

#include <string>

namespace modhost_lesion {

inline std::string yes_no(bool yes) { return yes ? "yes" : "no"; }

}  // namespace modhost_lesion
