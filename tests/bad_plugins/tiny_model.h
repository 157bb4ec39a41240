// The least that can be registered: a model whose network is never made.
#pragma once

#include <string>

#include "modhost/model.h"
#include "modhost/plugin.h"

inline modhost::Component& add_tiny_model(modhost::Registry& registry, const std::string& name) {
  const modhost::Accepts accepts{{modhost::Input::features}, {modhost::Output::classes}};
  return registry.model<modhost::Options>(
      name, "a model for tests", accepts,
      [](const modhost::Build&) { return std::unique_ptr<modhost::ModelBase>(); });
}
