#include "pickled_tables.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr int kDeepest = 64;
constexpr size_t kMostTensors = size_t{1} << 16;
constexpr size_t kMostVisited = size_t{1} << 24;
constexpr size_t kLongestName = 1000;
constexpr size_t kMostListed = 12;

// What checkpoints call the network, the surest first.
constexpr const char* kUsualKeys[] = {
    "state_dict", "model_state_dict", "model state dict", "model",
    "net",        "network",          "weights",          "logit_tensors_dict"};
// Parameters and buffers kept apart.
constexpr std::pair<const char*, const char*> kUsualPairs[] = {{"parameters", "state"},
                                                               {"parameters", "buffers"}};

std::string below(const std::string& key, const std::string& name) {
  if (name.empty()) return key;
  return key == PickledTables::kRoot ? name : key + "/" + name;
}

// "optimizer", "Optimiser state dict", "lr_schedulers", ...
bool is_about_training(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("optim") != std::string::npos || name.find("sched") != std::string::npos;
}

// Cut where it is too long to be used.
std::string name_of(const Value& key) {
  const auto number = integer_of(key);
  return number ? std::to_string(*number) : std::string(text_of(key).substr(0, kLongestName + 1));
}

// The last of several equal keys counts.
const Value* item(const Items& items, std::string_view key) {
  const Value* found = nullptr;
  for (const auto& [name, value] : items) {
    if (text_of(name) == key) found = &value;
  }
  return found;
}

}  // namespace

PickledTables::PickledTables(PickledTensors& tensors)
    : tensors_(tensors), document_(tensors.document()) {}

void PickledTables::refuse(const std::string& what, const std::string& wanted) const {
  std::vector<std::string> keys;
  for (const WeightTable& table : list()) keys.push_back(shown(table.key));
  std::string hint = keys.empty() ? "" : "say which by --model.weights_key KEY, or / for all";
  if (!wanted.empty() && !nearest(wanted, keys).empty()) hint = did_you_mean(wanted, keys);
  const size_t more = keys.size() - std::min(keys.size(), kMostListed);
  keys.resize(keys.size() - more);
  throw Error(ErrorCode::data,
              "'" + tensors_.where() + "' " + what +
                  (keys.empty() ? "" : "; it has tensors in: " + join(keys)) +
                  (more == 0 ? "" : " and " + std::to_string(more) + " more"),
              hint);
}

const Value& PickledTables::unwrapped(const Value& value) const {
  const auto call = call_of(document_, value);
  const bool is_tagged = call && call->function == Function::type_tag && !call->arguments->empty();
  return is_tagged ? call->arguments->front() : value;
}

void PickledTables::for_each_item(const Items& items, const Visit& visit) const {
  visited_ += items.size();
  check(visited_ <= kMostVisited, ErrorCode::data,
        "cannot read '" + tensors_.where() + "': it refers to itself too often");
  for (const auto& [key, value] : items) {
    const std::string name = name_of(key);
    if (!name.empty() && std::holds_alternative<Ref>(value)) visit(name, value);
  }
}

// The state of a torch.nn.Module: dicts of parameters, buffers and sub-modules. That of a module of
// TorchScript: its attributes.
bool PickledTables::for_each_of_network(const Value& state, const Visit& visit) const {
  const auto* dict = document_.find<Dict>(state);
  if (dict == nullptr) return false;
  bool is_module = false;
  for (const char* part : {"_parameters", "_buffers", "_modules"}) {
    const Value* found = item(dict->items, part);
    if (found == nullptr) continue;
    is_module = true;
    for_each(*found, visit);
  }
  return is_module;
}

void PickledTables::for_each(const Value& given, const Visit& visit) const {
  const Value& value = unwrapped(given);
  if (const auto* dict = document_.find<Dict>(value)) return for_each_item(dict->items, visit);
  if (const auto* sequence = document_.find<Sequence>(value)) {
    Items items;
    for (const Value& element : sequence->elements) {
      items.emplace_back(static_cast<int64_t>(items.size()), element);
    }
    return for_each_item(items, visit);
  }
  const auto* object = document_.find<Object>(value);
  if (object == nullptr || tensors_.is_tensor(value)) return;
  if (!object->items.empty()) return for_each_item(object->items, visit);
  if (for_each_of_network(object->state, visit)) return;
  const auto* type = document_.find<Global>(object->callable);
  const auto* state = document_.find<Dict>(object->state);
  if (type != nullptr && state != nullptr && type->module.substr(0, 9) == "__torch__") {
    for_each_item(state->items, visit);
  }
}

size_t PickledTables::count(const Value& value, int depth) const {
  const Ref* ref = std::get_if<Ref>(&value);
  if (ref == nullptr || depth > kDeepest) return 0;
  const auto [place, is_new] = counts_.emplace(ref->node, 0);  // 0 meanwhile: it may hold itself
  if (!is_new) return place->second;
  size_t total = tensors_.is_tensor(value) ? 1 : 0;
  for_each(value, [&](const std::string&, const Value& inner) {
    total = std::min(total + count(inner, depth + 1), kMostTensors + 1);
  });
  counts_[ref->node] = total;
  return total;
}

std::vector<WeightTable> PickledTables::list() const {
  std::vector<WeightTable> out;
  list(document_.root(), kRoot, 0, out);
  return out;
}

void PickledTables::list(const Value& value, const std::string& key, int depth,
                         std::vector<WeightTable>& out) const {
  const size_t total = count(value);
  if (total == 0 || depth > kDeepest || key.size() > kLongestName) return;
  bool has_tensors = tensors_.is_tensor(value);
  std::vector<std::pair<std::string, Value>> inner;
  for_each(value, [&](const std::string& name, const Value& one) {
    if (tensors_.is_tensor(one)) {
      has_tensors = true;
    } else if (count(one) > 0) {
      inner.emplace_back(name, one);
    }
  });
  const bool is_network = network_at(value);
  if (has_tensors || is_network) out.push_back({key, total});
  if (is_network || out.size() > kMostTensors) return;
  for (const auto& [name, one] : inner) list(one, below(key, name), depth + 1, out);
}

// A network that was pickled whole is one table: its parts are no alternatives.
bool PickledTables::network_at(const Value& value) const {
  const auto* object = document_.find<Object>(unwrapped(value));
  return object != nullptr && object->items.empty() && !tensors_.is_tensor(value);
}

std::string PickledTables::choose() const {
  if (count(document_.root()) == 0) refuse("holds no tensors");
  return choose(document_.root(), kRoot, 0);
}

std::string PickledTables::choose(const Value& value, const std::string& key, int depth) const {
  if (network_at(value) || depth > kDeepest) return key;
  const std::string inside = choose_inside(value, key);
  if (inside.empty() || inside.find('+') != std::string::npos) return below(key, inside);
  return choose(*find(value, inside), below(key, inside), depth + 1);
}

std::string PickledTables::choose_inside(const Value& value, const std::string& key) const {
  std::set<std::string> tables;
  bool has_tensors = tensors_.is_tensor(value);
  for_each(value, [&](const std::string& name, const Value& one) {
    if (tensors_.is_tensor(one)) {
      has_tensors = true;
    } else if (count(one) > 0) {
      tables.insert(name);
    }
  });
  for (const char* usual : kUsualKeys) {
    if (tables.count(usual) != 0) return usual;
  }
  for (const auto& [first, second] : kUsualPairs) {
    if (tables.count(first) == 0 || tables.count(second) == 0) continue;
    return std::string(first) + "+" + below(key, second);
  }
  if (has_tensors || tables.empty()) return "";
  for (auto it = tables.begin(); it != tables.end();) {
    it = is_about_training(*it) ? tables.erase(it) : std::next(it);
  }
  if (tables.size() != 1) refuse("does not say which of its tensors are the network");
  return *tables.begin();
}

std::optional<Value> PickledTables::find(const Value& value, const std::string& key) const {
  std::optional<Value> found;
  for_each(value, [&](const std::string& name, const Value& one) {
    if (name == key) {
      found = one;
    } else if (!found && key.size() > name.size() && key[name.size()] == '/' &&
               key.compare(0, name.size(), name) == 0) {
      found = find(one, key.substr(name.size() + 1));
    }
  });
  return found && count(*found) > 0 ? found : std::nullopt;
}

void PickledTables::read(const std::string& key, WeightsFile& out) {
  const auto table = key == kRoot ? document_.root() : find(document_.root(), key);
  if (table) return read(*table, "", 0, out);
  const size_t plus = key.find('+');
  if (plus == std::string::npos || plus == 0 || plus + 1 == key.size()) {
    refuse("has no tensors under '" + shown(key) + "'", key);
  }
  read(key.substr(0, plus), out);
  read(key.substr(plus + 1), out);
}

void PickledTables::read(const Value& value, const std::string& name, int depth, WeightsFile& out) {
  if (count(value) == 0 || depth > kDeepest) return;
  if (!tensors_.is_tensor(value)) {
    for_each(value, [&](const std::string& inner, const Value& one) {
      read(one, name.empty() ? inner : name + "." + inner, depth + 1, out);
    });
    return;
  }
  if (name.size() > kLongestName) refuse("has names of more than 1000 bytes");
  if (out.tensors.size() + out.skipped.size() >= kMostTensors) {
    refuse("has more than 65,536 tensors");
  }
  const Found found = tensors_.read(value);
  if (const auto* tensor = std::get_if<Tensor>(&found)) {
    out.tensors.emplace_back(name, *tensor);
  } else {
    out.skipped.push_back({name, std::get<Foreign>(found).what});
  }
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
