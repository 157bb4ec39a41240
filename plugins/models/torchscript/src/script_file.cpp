#include "script_file.h"

#include <modhost/error.h>
#include <modhost/weights_file.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <algorithm>
#include <map>
#include <utility>

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr const char* kHowToSave = "save it in Python by torch.jit.script(net).save(\"net.pt\")";

constexpr size_t kLongestReason = 300;

// "code/__torch__/networks.py, line 9" where the compiler points at code; "" elsewhere.
std::string place_in_code(const std::string& text) {
  const std::string before = ":\n  File \"";
  const size_t found = text.find(before);
  if (found == std::string::npos) return "";
  const size_t start = found + before.size();
  std::string place = text.substr(start, text.find('\n', start) - start);
  place.erase(std::remove(place.begin(), place.end(), '"'), place.end());
  return place;
}

torch::jit::Module load(const std::filesystem::path& path) {
  try {
    return torch::jit::load(path.string(), torch::kCPU);
  } catch (const std::exception& error) {
    throw Error(ErrorCode::data,
                "'" + path.string() + "' is no network that LibTorch " TORCH_VERSION " can load: " +
                    short_reason(error),
                kHowToSave);
  }
}

void collect(const torch::jit::Module& module, const std::string& path,
             std::vector<OwnedTensor>& found) {
  const auto type = module.type();
  for (size_t slot = 0; slot < type->numAttributes(); ++slot) {
    const c10::IValue value = module._ivalue()->getSlot(slot);
    if (!value.isTensor() || !value.toTensor().defined()) continue;
    found.push_back(
        {path, type->getAttributeName(slot), value.toTensor(), type->is_parameter(slot), -1});
  }
  for (const auto& child : module.named_children()) {
    collect(child.value, path.empty() ? child.name : path + "." + child.name, found);
  }
}

void find_tied(std::vector<OwnedTensor>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& own = tensors[i].tensor;
    for (size_t j = 0; j < i && own.numel() > 0; ++j) {
      const Tensor& other = tensors[j].tensor;
      const bool same = tensors[j].same_as < 0 && own.data_ptr() == other.data_ptr() &&
                        own.sizes() == other.sizes() && own.strides() == other.strides();
      if (same) tensors[i].same_as = static_cast<int64_t>(j);
    }
  }
}

void check_parameters(const std::filesystem::path& path, const std::vector<OwnedTensor>& tensors) {
  bool any = false;
  for (const OwnedTensor& owned : tensors) {
    any = any || owned.trained;
    if (!owned.trained) continue;
    check(owned.tensor.layout() == torch::kStrided && owned.tensor.is_floating_point(),
          ErrorCode::data,
          "'" + path.string() + "': parameter '" + full_name(owned) + "' is " +
              std::string(owned.tensor.toString()) + "; masks need dense numbers with a fraction");
  }
  check(any, ErrorCode::data,
        "'" + path.string() +
            "' holds no parameters: it was frozen (torch.jit.freeze or "
            "optimize_for_inference), which makes them constants of the code",
        "save the network before it is frozen");
}

}  // namespace

void check_script(const std::filesystem::path& path) {
  const WeightsFile content = read_weights(path);
  check(content.format == "TorchScript", ErrorCode::data,
        "'" + path.string() + "' holds " + content.format + " data, no TorchScript network",
        std::string("it has weights without code; ") + kHowToSave);
}

std::string full_name(const OwnedTensor& owned) {
  return owned.owner.empty() ? owned.name : owned.owner + "." + owned.name;
}

torch::jit::Module ScriptFile::module_at(const std::string& path) const {
  torch::jit::Module at = module;
  for (size_t start = 0; start < path.size();) {
    const size_t end = std::min(path.find('.', start), path.size());
    at = at.attr(path.substr(start, end - start)).toModule();
    start = end + 1;
  }
  return at;
}

ScriptFile load_script(const std::filesystem::path& path) {
  ScriptFile file{load(path), {}};
  check(file.module.find_method("forward").has_value(), ErrorCode::data,
        "'" + path.string() + "' holds a module without 'forward'", kHowToSave);
  collect(file.module, "", file.tensors);
  find_tied(file.tensors);
  check_parameters(path, file.tensors);
  for (OwnedTensor& owned : file.tensors) owned.tensor.set_requires_grad(false);
  return file;
}

std::string short_reason(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  // The interpreter puts a trace of the Python code before the reason, the compiler behind it.
  const size_t reason = text.rfind("RuntimeError: ");
  if (reason != std::string::npos) text = text.substr(reason + 14);
  const std::string place = place_in_code(text);
  const size_t excerpt = text.find(":\n  File \"");
  std::string line;
  for (const char c : text.substr(0, std::min(text.find("\n\n"), excerpt))) {
    if (c != '\n') line += c;
    if (c == '\n' && !line.empty()) line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > kLongestReason) line = line.substr(0, kLongestReason) + " ...";
  return place.empty() ? line : line + " (" + place + ")";
}

}  // namespace modhost_torchscript
