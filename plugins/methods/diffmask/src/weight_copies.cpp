#include "weight_copies.h"

#include <modhost/error.h>

#include <regex>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

const Parameter& parameter_named(const ModelBase& model, const std::string& name,
                                 const std::string& where) {
  std::vector<std::string> names;
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() == name) return parameter;
    names.push_back(parameter.name());
  }
  throw Error(ErrorCode::config, where + "the model has no parameter '" + name + "'",
              did_you_mean(name, names));
}

WeightCopy parsed(const std::string& rule, const ModelBase& model) {
  static const std::regex pattern(
      R"(\s*(\S+)\s+(rows|columns)\s+(\d{1,9}):(\d{1,9})\s*->\s*(\d{1,9}):(\d{1,9})\s*)");
  const std::string where = "option 'method.copy', '" + rule + "': ";
  std::smatch found;
  check(std::regex_match(rule, found, pattern), ErrorCode::config, where + "no such rule",
        "write NAME rows A:B -> C:D or NAME columns A:B -> C:D, counted from 0, B and D left out");
  const auto number = [&](size_t group) { return std::stoll(found[group].str()); };
  const WeightCopy out{found[1], found[2] == "columns", number(3), number(5),
                       number(4) - number(3)};
  check(out.count > 0, ErrorCode::config, where + "the first range is empty");
  check(number(6) - number(5) == out.count, ErrorCode::config,
        where + "the ranges are " + std::to_string(out.count) + " and " +
            std::to_string(number(6) - number(5)) + " " + found[2].str() + " long");
  const Tensor values = parameter_named(model, out.parameter, where).tensor();
  const int64_t size = values.dim() > out.columns ? values.size(out.columns) : 0;
  check(std::max(number(4), number(6)) <= size, ErrorCode::config,
        where + "of shape " + shape_text(values) + ", it has " + std::to_string(size) + " " +
            found[2].str());
  return out;
}

}  // namespace

std::vector<WeightCopy> weight_copies(const std::vector<std::string>& rules,
                                      const ModelBase& model) {
  std::vector<WeightCopy> out;
  for (const std::string& rule : rules) out.push_back(parsed(rule, model));
  return out;
}

void copy_weights(const std::vector<WeightCopy>& copies, ModelBase& model) {
  const torch::NoGradGuard no_grad;
  for (const WeightCopy& copy : copies) {
    const Tensor values = parameter_named(model, copy.parameter, "").tensor();
    const int64_t dim = copy.columns ? 1 : 0;
    const Tensor source = values.narrow(dim, copy.from, copy.count).clone();  // ranges may overlap
    values.narrow(dim, copy.to, copy.count).copy_(source);
  }
}

}  // namespace modhost_diffmask
