// Small networks for tests of unit graphs: layers and joints are put together by the test.
#pragma once

#include <modhost/chain.h>
#include <modhost/model.h>
#include <modhost/nn.h>
#include <modhost/npz.h>
#include <modhost/unit_network.h>

#include <functional>
#include <string>

namespace modhost::test {

class Net : public ModelBase {
 public:
  explicit Net(const Signature& signature)
      : ModelBase(Build{signature, {}, {}}), chain(signature) {}
  using ModelBase::add_layer;
  using ModelBase::join;

  template <typename L, typename... Args>
  std::shared_ptr<L> add(const std::string& name, Args&&... args) {
    auto layer = std::make_shared<L>(std::forward<Args>(args)...);
    add_layer(name, layer);
    return layer;
  }
  // As add(), after the last layer of the chain or the sum of those in `from`.
  template <typename L, typename... Args>
  std::shared_ptr<L> push(int unit_dim, const std::vector<std::string>& from,
                          const std::string& name, Args&&... args) {
    auto layer = add<L>(name, std::forward<Args>(args)...);
    const size_t before = chain.joints().size();
    chain.push(layer, unit_dim, from);
    for (size_t i = before; i < chain.joints().size(); ++i) {
      const Joint& joint = chain.joints()[i];
      join(joint.from, joint.to, joint.pairs);
    }
    return layer;
  }
  Tensor forward(const Batch& batch) override {
    return run ? run(batch.input) : chain(batch.input);
  }

  Chain chain;
  std::function<Tensor(const Tensor&)> run;  // instead of the chain
};

inline Signature of_features(int64_t in, int64_t out) {
  return {Input::features, {in}, Output::classes, {out}, 0, {}};
}
inline Signature of_images(std::vector<int64_t> in, int64_t out) {
  return {Input::image, std::move(in), Output::classes, {out}, 0, {}};
}

inline Tensor array(const NpzArrays& arrays, const std::string& name) {
  const NpyArray& own = arrays.at(name);
  if (own.descr == "<f4") return torch::tensor(own.values<float>()).view(own.shape).clone();
  if (own.descr == "|b1") return torch::tensor(own.values<uint8_t>()).view(own.shape);
  return torch::tensor(own.values<double>(), torch::kDouble).view(own.shape);
}

inline double largest(const Tensor& a, const Tensor& b) {
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

inline std::vector<std::string> names_of(const UnitNetwork& network) {
  std::vector<std::string> out;
  for (const UnitGroup& group : network.groups) {
    out.push_back(group.name + " " + std::to_string(group.units));
  }
  return out;
}

// The sum of all edges from one group to another, [to, from].
inline Tensor edges(const UnitGraph& graph, const std::string& from, const std::string& to) {
  Tensor out;
  for (const UnitBlock& block : graph.blocks) {
    if (graph.groups[static_cast<size_t>(block.from)].name != from) continue;
    if (graph.groups[static_cast<size_t>(block.to)].name != to) continue;
    out = out.defined() ? out + block.weights : block.weights;
  }
  return out;
}

}  // namespace modhost::test
