#include "run_components.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "guard.h"
#include "manifest.h"
#include "model_weights.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

void require_name(const std::string& name, ComponentKind kind, const ComponentSource& source) {
  if (!name.empty()) return;
  const std::string text = to_string(kind);
  const std::string known = join(source.names(kind));
  throw Error(ErrorCode::usage, fmt::format("no {} is named", text),
              fmt::format("give --{} NAME; there are: {}", text,
                          known.empty() ? "none, see 'modhost list'" : known));
}

template <typename Entry>
Chosen<Entry> get(ComponentKind kind, const std::string& name, ComponentSource& source) {
  require_name(name, kind, source);
  Chosen<Entry> chosen;
  chosen.name = name;
  chosen.entry = static_cast<const Entry*>(&source.get(kind, name));
  chosen.options = guarded(*chosen.entry, "making its options",
                           [&] { return std::shared_ptr<Options>(chosen.entry->make_options()); });
  return chosen;
}

// Suggestions for options that the chosen component does not have are meant for another one.
void add_suggestions(Settings& settings, const Component& component, const std::string& section,
                     const Options& options) {
  for (const auto& [key, value] : component.suggestions) {
    const size_t dot = key.find('.');
    if (dot == std::string::npos || key.substr(0, dot) != section) continue;
    const std::string option = key.substr(dot + 1);
    if (options.find(option) == nullptr) continue;
    set_text(settings, section, option, value,
             fmt::format("suggestion of {} '{}'", to_string(component.kind), component.name));
  }
}

void assign(const std::string& section, const std::string& owner, Options& options,
            std::initializer_list<const Component*> weakest_first, const Settings& written) {
  Settings settings;
  for (const Component* component : weakest_first) {
    add_suggestions(settings, *component, section, options);
  }
  merge(settings, written);
  options.assign(section, owner, options_of(settings, section));
}

// The family that the method's options name, with its options; refuses options of none.
Chosen<MaskEntry> choose_mask(const Chosen<MethodEntry>& method, const Settings& written,
                              ComponentSource& source) {
  const OptionTable given = options_of(written, "mask");
  const Option<std::string>* option = mask_option(*method.options);
  if (option == nullptr) {
    check(given.empty(), ErrorCode::config,
          fmt::format("method '{}' has no choice of masks, so section [mask] means nothing",
                      method.name));
    return {};
  }
  const auto name = given.find(kNameKey);
  check(name == given.end(), ErrorCode::config,
        fmt::format("'mask.name' is no option: 'method.{}' names the family of masks",
                    option->name()));
  Chosen<MaskEntry> chosen = get<MaskEntry>(ComponentKind::mask, (*option)(), source);
  assign("mask", chosen.entry->name, *chosen.options, {}, written);
  return chosen;
}

// "datasets that fit net: a, b", "" when there is none besides `refused`.
std::string fitting_text(ComponentKind kind, const Accepts& wanted, const Component& partner,
                         const Component& refused, const ComponentSource& source) {
  std::vector<std::string> names = source.fitting(kind, wanted);
  names.erase(std::remove(names.begin(), names.end(), refused.name), names.end());
  if (names.empty()) return "";
  return fmt::format("{} that fit {}: {}", plural(kind), partner.name, join(names));
}

}  // namespace

const Option<std::string>* mask_option(const Options& method) {
  for (const OptionBase* option : method.all()) {
    if (option->names_kind() == to_string(ComponentKind::mask)) {
      return dynamic_cast<const Option<std::string>*>(option);
    }
  }
  return nullptr;
}

ResolvedConfig RunComponents::config() const {
  ResolvedConfig out{{"model", model.name, model.options.get()},
                     {"dataset", dataset.name, dataset.options.get()},
                     {"method", method.name, method.options.get()}};
  const bool has_options = mask.entry != nullptr && !mask.options->all().empty();
  if (has_options) out.push_back({"mask", "", mask.options.get()});
  out.push_back({"train", "", &train});
  out.push_back({"run", "", &run});
  return out;
}

std::string RunComponents::folder() const {
  if (!run.dir().empty()) return run.dir();
  return fmt::format("runs/{}-{}-{}-{}", method.entry->name, model.entry->name, dataset.entry->name,
                     config_hash(config()).substr(0, 8));
}

std::optional<Suggestion> suggestion_for(const std::vector<const Component*>& strongest_first,
                                         const std::string& key) {
  for (const Component* component : strongest_first) {
    for (const auto& [name, value] : component->suggestions) {
      if (name == key) return Suggestion{component, value};
    }
  }
  return std::nullopt;
}

namespace {

// The name of a component, "" when nobody says one.
std::string written_or_suggested(const Settings& written, const std::string& section,
                                 const std::vector<const Component*>& strongest_first) {
  std::string name = component_name(written, section);
  if (!name.empty()) return name;
  const auto suggested = suggestion_for(strongest_first, section + ".name");
  return suggested ? suggested->value : "";
}

}  // namespace

std::unique_ptr<RunComponents> choose_components(const Settings& written, ComponentSource& source) {
  auto chosen = std::make_unique<RunComponents>();
  RunComponents& c = *chosen;
  require_name(component_name(written, "method"), ComponentKind::method, source);
  c.method = get<MethodEntry>(ComponentKind::method, component_name(written, "method"), source);
  c.model = get<ModelEntry>(ComponentKind::model,
                            written_or_suggested(written, "model", {c.method.entry}), source);
  c.dataset = get<DatasetEntry>(
      ComponentKind::dataset,
      written_or_suggested(written, "dataset", {c.model.entry, c.method.entry}), source);

  const auto assign_all = [&](const std::string& section, const std::string& owner,
                              Options& options) {
    assign(section, owner, options, {c.dataset.entry, c.method.entry, c.model.entry}, written);
  };
  assign_all("model", c.model.entry->name, *c.model.options);
  if (auto* weights = c.model.options->adopted<WeightsOptions>()) note_content(*weights);
  assign_all("dataset", c.dataset.entry->name, *c.dataset.options);
  assign_all("method", c.method.entry->name, *c.method.options);
  c.mask = choose_mask(c.method, written, source);
  assign_all("train", "[train]", c.train);
  assign_all("run", "[run]", c.run);
  return chosen;
}

Chosen<DatasetEntry> choose_dataset(const Settings& written, ComponentSource& source) {
  auto chosen =
      get<DatasetEntry>(ComponentKind::dataset, component_name(written, "dataset"), source);
  assign("dataset", chosen.entry->name, *chosen.options, {chosen.entry}, written);
  return chosen;
}

std::unique_ptr<DatasetBase> make_dataset(const Chosen<DatasetEntry>& chosen) {
  return guarded(*chosen.entry, "making it", [&] { return chosen.entry->make(chosen.options); });
}

void check_signature(const ModelEntry& model, const DatasetEntry& dataset,
                     const Signature& signature, const ComponentSource& source) {
  if (model.accepts.fits(signature)) return;
  std::vector<std::string> hints = {
      fitting_text(ComponentKind::dataset, model.accepts, model, dataset, source),
      fitting_text(ComponentKind::model, {{signature.input}, {signature.output}}, dataset, model,
                   source)};
  hints.erase(std::remove(hints.begin(), hints.end(), ""), hints.end());
  throw Error(
      ErrorCode::config,
      fmt::format("model '{}' does not fit dataset '{}': the dataset gives {}, the model takes {}",
                  model.name, dataset.name, signature.text(), model.accepts.text()),
      hints.empty() ? fmt::format("no installed plugin says that it fits '{}' or '{}'", model.name,
                                  dataset.name)
                    : join(hints, "; "));
}

}  // namespace modhost::core
