#include "layer_table.h"

#include <modhost/error.h>

namespace modhost_sequential {
namespace {

// A table's own key, parsed as an option of that type.
template <typename T>
T taken(OptionTable& table, const std::string& section, const std::string& key, T otherwise) {
  Options holder;
  Option<T> option(holder, key, std::move(otherwise), "");
  const auto found = table.find(key);
  if (found == table.end()) return option();
  option.assign(section + "." + key, found->second);
  table.erase(found);
  return option();
}

Option<int64_t>* whole_number(const Options& options, const std::string& name) {
  return dynamic_cast<Option<int64_t>*>(options.find(name));
}

}  // namespace

Tables default_layers() {
  const auto text = [](const std::string& value) {
    OptionValue out;
    out.value = value;
    return out;
  };
  OptionValue width;
  width.value = int64_t{64};
  return {{{"kind", text("flatten")}},
          {{"kind", text("linear")}, {"out", width}},
          {{"kind", text("relu")}},
          {{"kind", text("linear")}}};
}

LayerTable::LayerTable(size_t index, const OptionTable& written, const LayerKinds& kinds)
    : index_(index) {
  OptionTable table = written;
  const auto place = table.count("kind") == 1 ? table.find("kind") : table.begin();
  if (place != table.end()) origin_ = place->second.origin;
  const std::string section = "model.layers[" + std::to_string(index) + "]";
  kind_ = taken<std::string>(table, section, "kind", "");
  if (kind_.empty()) {
    throw placed(Error(ErrorCode::config, "needs a kind",
                       "such as kind = \"linear\"; 'modhost list' shows all"));
  }
  name_ = taken<std::string>(table, section, "name", std::to_string(index));
  from_ = taken<std::vector<std::string>>(table, section, "from", {});
  try {
    entry_ = &kinds(kind_);
  } catch (const Error& error) {
    throw placed(error);
  }
  options_ = entry_->make_options();
  options_->assign(section, kind_, table);
}

bool LayerTable::has_outputs() const { return whole_number(*options_, "out") != nullptr; }

bool LayerTable::wants_outputs() const {
  return has_outputs() && !whole_number(*options_, "out")->is_set();
}

void LayerTable::set_outputs(int64_t outputs) { whole_number(*options_, "out")->set(outputs); }

std::shared_ptr<Layer> LayerTable::make(const std::vector<int64_t>& shape) {
  for (OptionBase* option : options_->all()) {
    if (!option->from_input() || option->is_set()) continue;
    auto* number = whole_number(*options_, option->name());
    const int dimension = *option->from_input();
    const auto size = static_cast<int>(shape.size());
    if (number == nullptr || dimension >= size || size == 0) continue;
    number->set(shape[static_cast<size_t>(dimension < 0 ? size + dimension : dimension)]);
  }
  return entry_->make(*options_);
}

int LayerTable::unit_dim() const {
  for (const OptionBase* option : options_->all()) {
    if (option->from_input()) return *option->from_input() == 0 ? 0 : -1;
  }
  return -1;
}

Error LayerTable::placed(const Error& error) const {
  const bool named = !name_.empty() && name_ != std::to_string(index_);
  std::string who = "layer " + std::to_string(index_);
  if (!kind_.empty()) who += " (" + kind_ + (named ? " '" + name_ + "'" : "") + ")";
  const std::string own = "layer '" + name_ + "' (" + kind_ + ")";
  std::string what = error.what();
  if (what.rfind(own, 0) == 0) {  // it names itself already
    what.erase(0, own.size());
  } else {
    what = (kind_.empty() ? " " : ": ") + what;
  }
  return Error(ErrorCode::config, (origin_.empty() ? "" : origin_ + ": ") + who + what,
               error.hint());
}

}  // namespace modhost_sequential
