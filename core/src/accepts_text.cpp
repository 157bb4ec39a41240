#include "accepts_text.h"

#include <algorithm>

#include "modhost/error.h"

namespace modhost::core {
namespace {

const std::vector<Input> kInputs = {Input::features, Input::sequence, Input::image, Input::tokens,
                                    Input::panels};
const std::vector<Output> kOutputs = {Output::classes, Output::digits, Output::tokens,
                                      Output::choice,  Output::values, Output::bits};

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

template <typename Kind>
Kind named(const std::string& name, const std::vector<Kind>& kinds) {
  std::vector<std::string> known;
  for (const Kind kind : kinds) {
    if (to_string(kind) == name) return kind;
    known.push_back(to_string(kind));
  }
  throw Error(ErrorCode::plugin, "unknown kind '" + name + "'; known are " + join(known),
              did_you_mean(name, known));
}

template <typename Kind>
std::vector<Kind> kinds_in(const std::string& text, const std::vector<Kind>& kinds) {
  std::vector<Kind> out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    out.push_back(named(trimmed(text.substr(begin, comma - begin)), kinds));
    begin = comma + 1;
  }
  return out;
}

template <typename Kind>
bool share(const std::vector<Kind>& one, const std::vector<Kind>& other) {
  return std::find_first_of(one.begin(), one.end(), other.begin(), other.end()) != one.end();
}

}  // namespace

Accepts parse_accepts(const std::string& text) {
  const size_t arrow = text.find("->");
  check(arrow != std::string::npos, ErrorCode::plugin,
        "'" + text + "' is not like 'features, image -> classes'");
  return {kinds_in(text.substr(0, arrow), kInputs), kinds_in(text.substr(arrow + 2), kOutputs)};
}

bool overlap(const Accepts& one, const Accepts& other) {
  return share(one.inputs, other.inputs) && share(one.outputs, other.outputs);
}

}  // namespace modhost::core
