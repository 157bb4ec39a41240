#include "stored_masks.h"

#include <modhost/error.h>
#include <modhost/weights_file.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

namespace fs = std::filesystem;

constexpr double kSure = 100;  // a logit whose bit is certain

struct Place {
  std::string name;
  fs::path file;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// A run writes each mask in two formats, and its logits beside it, which say more.
std::vector<Place> places_in(const fs::path& folder) {
  std::map<std::string, fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".npz" && extension != ".safetensors") continue;
    std::string name = entry.path().stem().string();
    const bool logits = ends_with(name, "_logits");
    if (logits) name.resize(name.size() - std::string("_logits").size());
    if (logits || found.count(name) == 0) found[name] = entry.path();
  }
  check(!found.empty(), ErrorCode::config,
        "option 'method.masks': the folder '" + folder.string() + "' holds no masks",
        "it should hold TASK.npz or TASK.safetensors, as the folder masks/ of a run does");
  std::vector<Place> out;
  for (const auto& [name, file] : found) out.push_back({name, file});
  return out;
}

std::vector<Place> places(const std::string& path) {
  if (fs::is_directory(path)) return places_in(path);
  const size_t equals = path.find('=');
  if (equals != std::string::npos && !fs::exists(path)) {
    return {{path.substr(0, equals), path.substr(equals + 1)}};
  }
  return {{fs::path(path).stem().string(), path}};
}

bool is_binary(const NamedTensors& tensors) {
  return std::all_of(tensors.begin(), tensors.end(), [](const auto& named) {
    const Tensor& values = named.second;
    return ((values == 0) | (values == 1)).all().template item<bool>();
  });
}

void check_parameters(const NamedTensors& mask, const ModelBase& model, const fs::path& file) {
  std::map<std::string, Tensor> own;
  std::vector<std::string> names;
  for (const Parameter& parameter : model.parameters()) {
    own[parameter.name()] = parameter.tensor();
    names.push_back(parameter.name());
  }
  for (const auto& [name, values] : mask) {
    check(own.count(name) == 1, ErrorCode::data,
          "the mask '" + file.string() + "' has '" + name + "', which the model does not have",
          did_you_mean(name, names));
    check(values.sizes() == own[name].sizes(), ErrorCode::data,
          "the mask '" + file.string() + "' has '" + name + "' of shape " + shape_text(values) +
              ", the model's is " + shape_text(own[name]));
  }
}

NamedTensors read_logits(const fs::path& file, const ModelBase& model) {
  const NamedTensors read = read_weights(file).tensors;
  check_parameters(read, model, file);
  const bool binary = is_binary(read);
  NamedTensors out;
  for (const Parameter& parameter : model.parameters()) {  // in the order of the network
    const Tensor* values = find(read, parameter.name());
    if (values == nullptr) continue;
    const Tensor numbers = values->to(torch::kFloat);
    out.emplace_back(parameter.name(), binary ? (2 * numbers - 1) * kSure : numbers);
  }
  return out;
}

}  // namespace

std::vector<StoredMask> read_masks(const std::vector<std::string>& paths, const ModelBase& model) {
  std::vector<StoredMask> out;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    for (const Place& place : places(path)) {
      check(names.insert(place.name).second, ErrorCode::config,
            "option 'method.masks': two masks are called '" + place.name + "'",
            "name them: NAME=FILE");
      out.push_back({place.name, read_logits(place.file, model)});
    }
  }
  for (const StoredMask& mask : out) {
    check(mask.logits.size() == out.front().logits.size(), ErrorCode::data,
          "the masks '" + out.front().name + "' and '" + mask.name +
              "' are over different parameters");
  }
  return out;
}

}  // namespace modhost_diffmask
