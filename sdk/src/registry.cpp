#include "modhost/registry.h"

#include <algorithm>

#include "modhost/error.h"
#include "modhost/weights_options.h"

namespace modhost {
inline namespace v1 {
namespace {

bool is_component_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

std::string taken_text(const Component& there, const std::string& newcomer) {
  return to_string(there.kind) + " '" + there.name + "' is provided by both '" + there.owner +
         "' and '" + newcomer + "'";
}

using MakeOptions = std::function<std::unique_ptr<Options>()>;

// Any model can take its weights from a file.
MakeOptions with_weights(MakeOptions make_own) {
  return [make_own = std::move(make_own)] {
    std::unique_ptr<Options> options = make_own();
    options->adopt(std::make_shared<WeightsOptions>());
    return options;
  };
}

}  // namespace

std::string to_string(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::model:
      return "model";
    case ComponentKind::method:
      return "method";
    case ComponentKind::dataset:
      return "dataset";
    case ComponentKind::layer:
      return "layer";
    case ComponentKind::mask:
      return "mask";
  }
  return "?";
}

Component& Component::paper(std::string text) {
  reference = std::move(text);
  return *this;
}

Component& Component::suggest(const std::string& key, const std::string& value) {
  suggestions.emplace_back(key, value);
  return *this;
}

Registry::Registry(std::string owner) : owner_(std::move(owner)) {}
Registry::~Registry() = default;

Component& Registry::add(ComponentKind kind, const std::string& name, const std::string& summary,
                         std::shared_ptr<Component> entry) {
  check(is_component_name(name), ErrorCode::plugin,
        "plugin '" + owner_ + "' registers a " + to_string(kind) + " named '" + name +
            "'; names consist of a-z, 0-9, '_' and '-'");
  if (const Component* there = find(kind, name)) {
    throw Error(ErrorCode::plugin, taken_text(*there, owner_));
  }
  if (kind == ComponentKind::model) entry->make_options = with_weights(entry->make_options);
  entry->kind = kind;
  entry->name = name;
  entry->summary = summary;
  entry->owner = owner_;
  Component& added = *entry;
  entries_.emplace(Key{kind, name}, std::move(entry));
  return added;
}

void Registry::merge(Registry&& staged) {
  for (const auto& [key, entry] : staged.entries_) {
    if (const Component* there = find(key.first, key.second)) {
      throw Error(ErrorCode::plugin, taken_text(*there, entry->owner));
    }
  }
  entries_.merge(staged.entries_);
}

const Component* Registry::find(ComponentKind kind, const std::string& name) const {
  const auto found = entries_.find(Key{kind, name});
  return found == entries_.end() ? nullptr : found->second.get();
}

const ModelEntry* Registry::find_model(const std::string& name) const {
  return static_cast<const ModelEntry*>(find(ComponentKind::model, name));
}
const MethodEntry* Registry::find_method(const std::string& name) const {
  return static_cast<const MethodEntry*>(find(ComponentKind::method, name));
}
const DatasetEntry* Registry::find_dataset(const std::string& name) const {
  return static_cast<const DatasetEntry*>(find(ComponentKind::dataset, name));
}
const LayerEntry* Registry::find_layer(const std::string& name) const {
  return static_cast<const LayerEntry*>(find(ComponentKind::layer, name));
}
const MaskEntry* Registry::find_mask(const std::string& name) const {
  return static_cast<const MaskEntry*>(find(ComponentKind::mask, name));
}

std::vector<std::string> Registry::names(ComponentKind kind) const {
  std::vector<std::string> out;
  for (const auto& [key, entry] : entries_) {
    if (key.first == kind) out.push_back(key.second);
  }
  return out;
}

std::vector<const Component*> Registry::components() const {
  std::vector<const Component*> out;
  for (const auto& [key, entry] : entries_) out.push_back(entry.get());
  return out;
}

}  // namespace v1
}  // namespace modhost
