// The components that a run can name: models, methods, datasets, layers and mask families.
//
// A plugin receives a staging registry and adds to it; the host merges it as a whole or not at all:
//
//   MODHOST_PLUGIN(registry) {
//     registry.model<Mlp>("mlp", "multi-layer perceptron").paper("Csordas et al. 2021");
//   }
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/option.h"
#include "modhost/signature.h"

namespace modhost {
inline namespace v1 {

class ModelBase;
class MethodBase;
class DatasetBase;
class Layer;
class MaskFamily;
struct Build;

enum class ComponentKind { model, method, dataset, layer, mask };
std::string to_string(ComponentKind kind);

// What every component tells about itself.
struct Component {
  ComponentKind kind = ComponentKind::model;
  std::string name;     // [a-z0-9_-]+, unique among the components of its kind
  std::string summary;  // one line
  std::string owner;    // id of the plugin that registered it, "modhost" for built-in ones
  std::string reference;
  // Suggested values for other sections, e.g. {"train.lr", "2e-3"}: stronger than the defaults of
  // the options, weaker than config files and the command line. Written as on a command line.
  std::vector<std::pair<std::string, std::string>> suggestions;
  std::function<std::unique_ptr<Options>()> make_options;

  Component& paper(std::string text);
  Component& suggest(const std::string& key, const std::string& value);
};

struct ModelEntry : Component {
  Accepts accepts;
  std::function<std::unique_ptr<ModelBase>(const Build&)> make;
};
struct MethodEntry : Component {
  std::function<std::unique_ptr<MethodBase>(std::shared_ptr<const Options>)> make;
};
struct DatasetEntry : Component {
  std::function<std::unique_ptr<DatasetBase>(std::shared_ptr<const Options>)> make;
};
struct LayerEntry : Component {
  std::function<std::shared_ptr<Layer>(const Options&)> make;
};
struct MaskEntry : Component {
  std::function<std::shared_ptr<const MaskFamily>(const Options&)> make;
};

class Registry {
 public:
  // `owner` is recorded in every component added through this object.
  explicit Registry(std::string owner);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  // M derives from Model<SomeOptions> and has `static Accepts accepts()`.
  template <typename M>
  Component& model(const std::string& name, const std::string& summary) {
    auto entry = std::make_shared<ModelEntry>();
    entry->make_options = [] { return std::make_unique<typename M::OptionsType>(); };
    entry->accepts = M::accepts();
    entry->make = [](const Build& build) { return std::make_unique<M>(build); };
    return add(ComponentKind::model, name, summary, std::move(entry));
  }

  // For a component that chooses between networks by its options.
  template <typename O>
  Component& model(const std::string& name, const std::string& summary, Accepts accepts,
                   std::function<std::unique_ptr<ModelBase>(const Build&)> make) {
    auto entry = std::make_shared<ModelEntry>();
    entry->make_options = [] { return std::make_unique<O>(); };
    entry->accepts = std::move(accepts);
    entry->make = std::move(make);
    return add(ComponentKind::model, name, summary, std::move(entry));
  }

  // M derives from Method<SomeOptions>.
  template <typename M>
  Component& method(const std::string& name, const std::string& summary) {
    auto entry = std::make_shared<MethodEntry>();
    entry->make_options = [] { return std::make_unique<typename M::OptionsType>(); };
    entry->make = [](std::shared_ptr<const Options> options) {
      return std::make_unique<M>(std::move(options));
    };
    return add(ComponentKind::method, name, summary, std::move(entry));
  }

  // D derives from Dataset<SomeOptions>.
  template <typename D>
  Component& dataset(const std::string& name, const std::string& summary) {
    auto entry = std::make_shared<DatasetEntry>();
    entry->make_options = [] { return std::make_unique<typename D::OptionsType>(); };
    entry->make = [](std::shared_ptr<const Options> options) {
      return std::make_unique<D>(std::move(options));
    };
    return add(ComponentKind::dataset, name, summary, std::move(entry));
  }

  // L derives from Layer, has `using OptionsType` and a constructor from `const OptionsType&`.
  template <typename L>
  Component& layer(const std::string& name, const std::string& summary) {
    auto entry = std::make_shared<LayerEntry>();
    entry->make_options = [] { return std::make_unique<typename L::OptionsType>(); };
    entry->make = [](const Options& options) {
      return std::make_shared<L>(static_cast<const typename L::OptionsType&>(options));
    };
    return add(ComponentKind::layer, name, summary, std::move(entry));
  }

  // F is a MaskFamily, has `using OptionsType` and a constructor from `const OptionsType&`.
  template <typename F>
  Component& mask(const std::string& name, const std::string& summary) {
    auto entry = std::make_shared<MaskEntry>();
    entry->make_options = [] { return std::make_unique<typename F::OptionsType>(); };
    entry->make = [](const Options& options) {
      return std::make_shared<const F>(static_cast<const typename F::OptionsType&>(options));
    };
    return add(ComponentKind::mask, name, summary, std::move(entry));
  }

  // Moves all components of `staged` here, or none: Error(plugin) naming both owners when a name
  // is taken.
  void merge(Registry&& staged);

  // nullptr when there is no such component.
  const ModelEntry* find_model(const std::string& name) const;
  const MethodEntry* find_method(const std::string& name) const;
  const DatasetEntry* find_dataset(const std::string& name) const;
  const LayerEntry* find_layer(const std::string& name) const;
  const MaskEntry* find_mask(const std::string& name) const;

  std::vector<std::string> names(ComponentKind kind) const;  // sorted
  std::vector<const Component*> components() const;          // by kind, then name
  const Component* find(ComponentKind kind, const std::string& name) const;

 private:
  Component& add(ComponentKind kind, const std::string& name, const std::string& summary,
                 std::shared_ptr<Component> entry);

  using Key = std::pair<ComponentKind, std::string>;
  std::string owner_;
  std::map<Key, std::shared_ptr<Component>> entries_;
};

// Adds the layer kinds that come with the SDK (nn.h).
void register_builtin_layers(Registry& registry);

}  // namespace v1
}  // namespace modhost
