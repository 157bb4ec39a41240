#include "lesion_options.h"

#include <modhost/error.h>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

UnitChoice LesionOptions::unit_choice() const {
  UnitChoice choice;
  if (units() == "all") choice.kinds = UnitKinds::all;
  if (units() == "convolutions") choice.kinds = UnitKinds::convolutions;
  if (units() == "named" || !layers().empty()) choice.kinds = UnitKinds::named;
  choice.layers = layers();
  choice.sums = sums();
  return choice;
}

void LesionOptions::validate() const {
  check(units() != "named" || !layers().empty(), ErrorCode::config,
        "option 'method.units' is named, and 'method.layers' names none");
  check(units() == "named" || units() == "auto" || layers().empty(), ErrorCode::config,
        "option 'method.layers' names the units, so 'method.units' " + units() + " means nothing");
  check(labels().empty() || !clusters.is_set(), ErrorCode::config,
        "options 'method.labels' and 'method.clusters' exclude each other");
}

}  // namespace modhost_lesion
