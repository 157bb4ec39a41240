// A prepared graph that can be run: in one pass with given weights, or with its meetings of weights
// and batch replaced by sites, which know how to run all parts of a batch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "outline.h"
#include "prepared_graph.h"
#include "site.h"

namespace modhost_torchscript {

// One pass: y = f(x; parameters).
class PassProgram {
 public:
  PassProgram(const PreparedGraph& prepared, torch::jit::Module module);
  Tensor run(const Tensor& x, const std::vector<Tensor>& parameters) const;

 private:
  std::function<void(Stack&)> code_;
  torch::jit::Module module_;
};

// All parts at once.
class SiteProgram {
 public:
  // `names`: of the parameters; outlive it, as the weights do. When obstacle() is not empty it has
  // sites, but cannot be run.
  SiteProgram(const PreparedGraph& prepared, torch::jit::Module module,
              const std::vector<std::string>& names, Weights* weights);
  SiteProgram(const SiteProgram&) = delete;
  SiteProgram& operator=(const SiteProgram&) = delete;

  const std::string& obstacle() const { return obstacle_; }
  const std::vector<std::unique_ptr<Site>>& sites() const { return sites_; }

  // Between weights.begin() and weights.end(). Throws UnknownLayout.
  Tensor run(const Tensor& x) const;
  // A plain run that writes down what all sites see.
  std::vector<Observation> observe(const Tensor& x) const;

 private:
  Site* make_site(torch::jit::Node* node, const Outline& piece);
  static void place(const Site* site, torch::jit::Node* node, const Outline& piece, Flow& flow);

  std::function<void(Stack&)> code_;
  torch::jit::Module module_;
  const std::vector<std::string>* names_;
  Weights* weights_;
  std::string obstacle_;
  std::vector<std::unique_ptr<Site>> sites_;
};

}  // namespace modhost_torchscript
