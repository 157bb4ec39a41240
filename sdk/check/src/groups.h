// The groups of checks; each file adds its own.
#pragma once

#include "modhost/conformance/check.h"

namespace modhost::conformance {

using Checks = std::vector<Check>;

void add_lib_checks(Checks& out);
void add_meta_checks(Checks& out);
void add_opt_checks(Checks& out);
void add_model_checks(Checks& out);
void add_model_state_checks(Checks& out);
void add_port_checks(Checks& out);
void add_port_batch_checks(Checks& out);
void add_port_grad_checks(Checks& out);
void add_port_cost_checks(Checks& out);
void add_method_checks(Checks& out);
void add_dataset_checks(Checks& out);
void add_layer_checks(Checks& out);
void add_mask_checks(Checks& out);
void add_mask_gradient_checks(Checks& out);

}  // namespace modhost::conformance
