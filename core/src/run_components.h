// From what the user wrote to components with checked options.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "component_source.h"
#include "modhost/dataset.h"
#include "modhost/registry.h"
#include "modhost/train.h"
#include "resolved_config.h"
#include "run_options.h"
#include "settings.h"

namespace modhost::core {

// A component with its options.
template <typename Entry>
struct Chosen {
  const Entry* entry = nullptr;
  std::string name;  // as the user wrote it: "scl" or in full "org.lab-a.scl/scl"
  std::shared_ptr<Options> options;
};

// Everything that a run is made of, before any work.
struct RunComponents {
  Chosen<ModelEntry> model;
  Chosen<DatasetEntry> dataset;
  Chosen<MethodEntry> method;
  Chosen<MaskEntry> mask;  // that the method's option NameOf{"mask"} names; none: no entry
  TrainOptions train;
  RunOptions run;

  ResolvedConfig config() const;
  // [run] dir, or runs/METHOD-MODEL-DATASET-HASH when that is empty.
  std::string folder() const;
};

// A value that a component suggests for another section.
struct Suggestion {
  const Component* by = nullptr;
  std::string value;
};

// The suggestion for "section.key" that counts when nothing is written: the first one.
std::optional<Suggestion> suggestion_for(const std::vector<const Component*>& strongest_first,
                                         const std::string& key);

// The option of a method that names a family of masks, nullptr when it has none.
const Option<std::string>* mask_option(const Options& method);

// `written` wins over the suggestions of the components (model over method over dataset), and these
// win over the options' defaults. Error(config) or Error(usage) for anything that does not fit.
std::unique_ptr<RunComponents> choose_components(const Settings& written, ComponentSource& source);

// One component alone, for `modhost data` and for help.
Chosen<DatasetEntry> choose_dataset(const Settings& written, ComponentSource& source);

// The dataset object. Looks at files at most, see DatasetBase.
std::unique_ptr<DatasetBase> make_dataset(const Chosen<DatasetEntry>& chosen);

// Error(config) unless the model can be built for the dataset; says what would fit.
void check_signature(const ModelEntry& model, const DatasetEntry& dataset,
                     const Signature& signature, const ComponentSource& source);

}  // namespace modhost::core
