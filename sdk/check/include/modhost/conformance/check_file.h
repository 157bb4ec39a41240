// What a plugin's author tells the checks: modhost-check.toml beside plugin.toml.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "modhost/option.h"

namespace modhost::conformance {

struct CheckFile {
  // [off]: check id -> the reason, which is printed instead of a result.
  std::map<std::string, std::string> off;

  // [limits]: name -> another value, with its reason.
  struct Limit {
    double value = 0;
    std::string reason;
  };
  std::map<std::string, Limit> limits;

  // [[case]]: a configuration to be checked; a component without one is checked with its defaults.
  struct Case {
    std::string component;
    OptionTable options;
    std::string input, output;         // of a model: "image [3, 8, 8]", "classes [3]"; "": all
    int64_t vocabulary = 0;            // of token inputs; 0: chosen by the checks
    std::string model, dataset;        // of a method: run on these instead of the built-in ones
    std::vector<int64_t> input_shape;  // of a layer, without the batch; {}: found by trying
  };
  std::vector<Case> cases;
};

inline constexpr const char* kCheckFileName = "modhost-check.toml";

}  // namespace modhost::conformance
