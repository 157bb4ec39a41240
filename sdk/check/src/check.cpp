#include "modhost/conformance/check.h"

#include "groups.h"

namespace modhost::conformance {

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      return "fail";
    case Verdict::skip:
      return "skip";
  }
  return "?";
}

Outcome pass(std::string text) { return {Verdict::pass, std::move(text)}; }
Outcome warn(std::string text) { return {Verdict::warn, std::move(text)}; }
Outcome fail(std::string text) { return {Verdict::fail, std::move(text)}; }
Outcome skip(std::string text) { return {Verdict::skip, std::move(text)}; }

std::string to_string(Scope scope) {
  switch (scope) {
    case Scope::plugin:
      return "plugin";
    case Scope::component:
      return "every component";
    case Scope::model:
      return "model";
    case Scope::method:
      return "method";
    case Scope::dataset:
      return "dataset";
    case Scope::layer:
      return "layer";
    case Scope::mask:
      return "mask";
  }
  return "?";
}

bool applies(Scope scope, ComponentKind kind) {
  switch (scope) {
    case Scope::plugin:
      return false;
    case Scope::component:
      return true;
    case Scope::model:
      return kind == ComponentKind::model;
    case Scope::method:
      return kind == ComponentKind::method;
    case Scope::dataset:
      return kind == ComponentKind::dataset;
    case Scope::layer:
      return kind == ComponentKind::layer;
    case Scope::mask:
      return kind == ComponentKind::mask;
  }
  return false;
}

const std::vector<Check>& checks() {
  static const Checks all = [] {
    Checks out;
    add_lib_checks(out);
    add_meta_checks(out);
    add_opt_checks(out);
    add_model_checks(out);
    add_model_state_checks(out);
    add_port_checks(out);
    add_port_batch_checks(out);
    add_port_grad_checks(out);
    add_port_cost_checks(out);
    add_method_checks(out);
    add_dataset_checks(out);
    add_layer_checks(out);
    add_mask_checks(out);
    return out;
  }();
  return all;
}

}  // namespace modhost::conformance
