// Do names and shapes of weights agree with those of a model, and if not, would one rule help?
#include <set>

#include "modhost/error.h"
#include "modhost/shown_text.h"
#include "modhost/weights.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr size_t kMostShown = 8;

using ByName = std::map<std::string, const Tensor*>;

ByName by_name(const NamedTensors& tensors) {
  ByName out;
  for (const auto& [name, tensor] : tensors) out[name] = &tensor;
  return out;
}

std::string list_text(const std::vector<std::string>& names) {
  std::vector<std::string> first(names.begin(), names.begin() + std::min(names.size(), kMostShown));
  const std::string more = names.size() > kMostShown
                               ? " and " + std::to_string(names.size() - kMostShown) + " more"
                               : "";
  return join(first) + more;
}

// "", "a.", "a.b." of "a.b.weight"
std::set<std::string> prefixes(const std::string& name) {
  std::set<std::string> out = {""};
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    out.insert(name.substr(0, dot + 1));
  }
  return out;
}

// Would all unexpected tensors be the model's if `from` in front of them were `to`?
bool helps(const std::string& from, const std::string& to, const NamedTensors& unexpected,
           const ByName& missing) {
  for (const auto& [name, tensor] : unexpected) {
    if (name.compare(0, from.size(), from) != 0) return false;
    const auto found = missing.find(to + name.substr(from.size()));
    if (found == missing.end() || found->second->sizes() != tensor.sizes()) return false;
  }
  return true;
}

// "s/^net\.//", or "" when no change of a prefix makes all names fit.
std::string proposed_rule(const NamedTensors& unexpected, const ByName& missing) {
  constexpr size_t kMostTried = 4096;
  if (unexpected.empty() || unexpected.size() != missing.size()) return "";
  std::set<std::string> targets;
  for (const auto& [name, tensor] : missing) {
    if (targets.size() < kMostTried) targets.merge(prefixes(name));
  }
  for (const std::string& from : prefixes(unexpected.front().first)) {
    for (const std::string& to : targets) {
      if (from == to || !helps(from, to, unexpected, missing)) continue;
      std::string escaped;
      for (const char c : from) escaped += c == '.' ? std::string("\\.") : std::string(1, c);
      return "s/^" + escaped + "/" + to + "/";
    }
  }
  return "";
}

// What keeps weights from fitting.
struct Misfit {
  std::vector<std::string> missing, unexpected, misshapen;
  ByName lacking;        // of the model, without a partner
  NamedTensors surplus;  // of the file
};

Misfit compare(const NamedTensors& own, const NamedTensors& given) {
  Misfit out;
  const ByName own_names = by_name(own);
  const ByName given_names = by_name(given);
  std::set<std::pair<const void*, int64_t>> accepted;  // memory
  const auto memory = [](const Tensor& tensor) {
    return std::pair<const void*, int64_t>(tensor.data_ptr(), tensor.numel());
  };
  for (const auto& [name, tensor] : own) {
    const auto found = given_names.find(name);
    if (found == given_names.end()) {
      out.missing.push_back(name);
      out.lacking[name] = &tensor;
    } else if (found->second->sizes() != tensor.sizes()) {
      out.misshapen.push_back(name + " is " + shape_text(*found->second) + ", not " +
                              shape_text(tensor));
    } else if (tensor.numel() > 0) {
      accepted.insert(memory(*found->second));
    }
  }
  for (const auto& [name, tensor] : given) {
    if (own_names.count(name) != 0 || accepted.count(memory(tensor)) != 0) continue;
    out.unexpected.push_back(shown(name));
    out.surplus.emplace_back(name, tensor);
  }
  return out;
}

}  // namespace

void check_fit(const NamedTensors& own, const NamedTensors& given, const std::string& what) {
  const Misfit misfit = compare(own, given);
  std::vector<std::string> faults;
  if (!misfit.missing.empty()) faults.push_back("missing: " + list_text(misfit.missing));
  if (!misfit.unexpected.empty()) faults.push_back("unexpected: " + list_text(misfit.unexpected));
  if (!misfit.misshapen.empty()) faults.push_back("wrong shape: " + list_text(misfit.misshapen));
  if (faults.empty()) return;
  const std::string rule =
      misfit.misshapen.empty() ? proposed_rule(misfit.surplus, misfit.lacking) : "";
  throw Error(ErrorCode::data, what + " do not fit the model; " + join(faults, "; "),
              rule.empty() ? "" : "would fit with --model.rename '" + rule + "'");
}

}  // namespace v1
}  // namespace modhost
