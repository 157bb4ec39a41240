#include "modhost/stored_masks.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "modhost/error.h"
#include "modhost/weights_file.h"

namespace modhost {
inline namespace v1 {
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
std::vector<Place> places_in(fs::path folder, const std::string& option) {
  const bool is_run = fs::exists(folder / "config.toml");  // its other files are no masks
  if (is_run || fs::is_directory(folder / "masks")) folder /= "masks";
  check(fs::is_directory(folder), ErrorCode::config,
        "option '" + option + "': the run has no folder '" + folder.string() + "'",
        "name a finished run of --method diffmask");
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
        "option '" + option + "': the folder '" + folder.string() + "' holds no masks",
        "it should hold TASK.npz or TASK.safetensors, as the folder masks/ of a run does");
  std::vector<Place> out;
  for (const auto& [name, file] : found) out.push_back({name, file});
  return out;
}

std::vector<Place> places(const std::string& path, const std::string& option) {
  if (fs::is_directory(path)) return places_in(path, option);
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

NamedTensors StoredMask::bits() const {
  NamedTensors out;
  for (const auto& [parameter, values] : logits) out.emplace_back(parameter, values > 0);
  return out;
}

std::vector<StoredMask> read_masks(const std::vector<std::string>& paths, const ModelBase& model,
                                   const std::string& option) {
  std::vector<StoredMask> out;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    for (const Place& place : places(path, option)) {
      check(names.insert(place.name).second, ErrorCode::config,
            "option '" + option + "': two masks are called '" + place.name + "'",
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

std::vector<bool> attached_units(const UnitNetwork& network, const NamedTensors& bits) {
  std::vector<Tensor> attached;
  for (const UnitGroup& group : network.groups) {
    attached.push_back(torch::zeros({group.units}, torch::kBool));
  }
  for (const UnitKernel& kernel : network.kernels) {
    const Tensor* own = find(bits, kernel.parameter);
    if (own == nullptr) continue;
    const Tensor kept = taps_of(kernel, own->cpu().to(torch::kUInt8)).ne(0).any(2);  // [to, from]
    attached[static_cast<size_t>(kernel.to)].logical_or_(kept.any(1));
    attached[static_cast<size_t>(kernel.from)].logical_or_(kept.any(0));
  }
  std::vector<bool> out;
  for (const Tensor& group : attached) {
    out.insert(out.end(), group.data_ptr<bool>(), group.data_ptr<bool>() + group.numel());
  }
  return out;
}

UnitLabels units_of_one(const std::vector<std::vector<bool>>& attached) {
  UnitLabels out;
  for (size_t unit = 0; !attached.empty() && unit < attached.front().size(); ++unit) {
    int64_t owner = kNoCluster, owners = 0;
    for (size_t mask = 0; mask < attached.size(); ++mask) {
      if (!attached[mask].at(unit)) continue;
      owner = static_cast<int64_t>(mask);
      ++owners;
    }
    out.push_back(owners == 1 ? owner : kNoCluster);
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
