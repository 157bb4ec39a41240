// Which modules does the wiring of a network have, and how do they feed each other?
#pragma once

#include <modhost/experiment.h>
#include <modhost/method.h>

#include "modules_options.h"
#include "wired.h"

namespace modhost_sculpting {

class Modules : public modhost::Method<ModulesOptions> {
 public:
  using Method::Method;
  void run(modhost::Experiment& experiment) override;
};

// Whether any edges lead from inputs to an output.
bool has_path(const Detection& found);

// Detects modules and writes all that is known of them. Error(data) when no path is left.
void report_detection(modhost::Experiment& experiment, const Wired& all, const DetectionRule& rule,
                      int64_t wirings);

}  // namespace modhost_sculpting
