// The XML description of a problem, in the format of the official data.
#pragma once

#include <string>
#include <string_view>

#include "problem.h"
#include "renderer.h"

namespace modhost::raven {

// One line of XML. Sets with value lists of their own state them as attributes of <Data>, which
// other readers skip; levels refer to those lists.
std::string format_problem_xml(const Problem& problem, const Renderer& renderer);

struct ParsedProblem {
  // The files store neither the target nor the values of the rules: rules are completed from the
  // first two rows, and target and predicted are what the solver chooses.
  Problem problem;
  ValueLists values;
};

// Error(data) that names `where` for anything that is not such a description.
ParsedProblem parse_problem_xml(std::string_view xml, const std::string& where);

}  // namespace modhost::raven
