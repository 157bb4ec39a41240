#include "site_role.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// With the samples along dimension 0, as layers have them; nothing where they lie nowhere.
Tensor as_layers_see_it(const Site& site, size_t index, const Tensor& value, int64_t rows) {
  const std::optional<Layout> layout = site.layout(index);
  if (!value.defined() || !layout || layout->shared()) return {};
  return rows_first(value, *layout, rows);
}

}  // namespace

Role role_of(const Network& network, const Site& site) {
  Role role;
  const auto& parameters = site.parameters();
  if (parameters.empty() || !site.runs()) return role;
  const std::shared_ptr<Layer> owner = network.owner(parameters.front());
  for (const size_t index : parameters) {
    if (network.owner(index) != owner) return role;
  }
  if (owner->wiring().empty()) return role;
  const std::string& first = network.parameters()[parameters.front()].name();
  const bool attention = owner->kind() == "multihead_attention";
  const bool last = first.find("out_proj") != std::string::npos;
  role.layer = owner->name();
  role.description = owner.get();
  role.reads = !attention || !last;
  role.writes = !attention || last;
  return role;
}

void show_layers(Network& network, const Tensor& x) {
  LayerObserver* observer = LayerObserver::present();
  if (observer == nullptr || !network.why_passes().empty()) return;
  for (const Observation& seen : network.trace(x, [](const Site&) { return false; })) {
    const Role role = role_of(network, *seen.site);
    if (role.description == nullptr) continue;
    const size_t inputs = seen.site->call().inputs;
    const auto show = [&](const char* group, size_t index) {
      const Tensor value = as_layers_see_it(*seen.site, index, seen.tensors[index], x.size(0));
      if (value.defined()) observer->saw(*role.description, group, value);
    };
    if (inputs > 0) show(role.reads ? "in" : "heads", 0);
    if (role.writes && seen.tensors.size() > inputs) show("out", inputs);
  }
}

}  // namespace modhost_torchscript
