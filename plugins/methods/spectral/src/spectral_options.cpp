#include "spectral_options.h"

#include <modhost/error.h>

#include <set>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::optional<bool> wish(const std::string& text) {
  if (text == "auto") return std::nullopt;
  return text == "true";
}

KernelNorm norm_named(const std::string& text) {
  if (text == "l2") return KernelNorm::l2;
  if (text == "induced1") return KernelNorm::induced1;
  return text == "spectral" ? KernelNorm::spectral : KernelNorm::l1;
}

EigenSolver solver_named(const std::string& text) {
  if (text == "bipartite") return EigenSolver::bipartite;
  if (text == "lanczos") return EigenSolver::lanczos;
  return text == "dense" ? EigenSolver::dense : EigenSolver::automatic;
}

}  // namespace

UnitChoice SpectralMethodOptions::unit_choice() const {
  UnitChoice choice = UnitOptions::unit_choice();
  choice.inputs = wish(inputs());
  choice.outputs = wish(outputs());
  return choice;
}

GraphChoice SpectralMethodOptions::graph_choice() const {
  GraphChoice choice;
  choice.norm = norm_named(kernel_norm());
  choice.fold_batch_norm = fold_batch_norm();
  choice.normalize_weights = normalize_weights();
  choice.divide_by_mean = divide_by_mean();
  return choice;
}

ActivationChoice SpectralMethodOptions::activation_choice() const {
  ActivationChoice choice;
  choice.values = activation_values() == "written" ? UnitValues::written : UnitValues::read;
  choice.norm = norm_named(activation_norm());
  choice.samples = activation_samples();
  return choice;
}

SpectralOptions SpectralMethodOptions::spectral(uint64_t seed) const {
  SpectralOptions out;
  out.clusters = clusters();
  out.restarts = restarts();
  out.seed = seed;
  out.refine = refine() == "both";
  out.solver = solver_named(solver());
  out.isolated = isolated() == "component" ? Isolated::component : Isolated::degree;
  return out;
}

void SpectralMethodOptions::validate() const {
  UnitOptions::validate();
  check(clusters() != 1, ErrorCode::config,
        "option 'method.clusters' is 1, and one cluster has no cut", "2 or more; 0 chooses");
  const std::set<std::string> kinds(shuffle().begin(), shuffle().end());
  check(kinds.size() == shuffle().size(), ErrorCode::config,
        "option 'method.shuffle' names a kind twice");
  check(shuffles() == 0 || !shuffle().empty(), ErrorCode::config,
        "option 'method.shuffle' is empty, and 'method.shuffles' asks for " +
            std::to_string(shuffles()));
  check(!commute() || local() == "none", ErrorCode::config,
        "options 'method.commute' and 'method.local' exclude each other");
  check(!align() || local() != "none", ErrorCode::config,
        "option 'method.align' is about local clusters, and 'method.local' is none",
        "--method.local layerwise");
}

}  // namespace modhost_spectral
