#include "saved_networks.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace modhost::test {

using modhost_torchscript::Torchscript;
using modhost_torchscript::TorchscriptOptions;

std::string saved_folder() {
  const char* fresh = std::getenv("MODHOST_TORCHSCRIPT_FRESH");
  return fresh != nullptr ? fresh : MODHOST_TORCHSCRIPT_DATA;
}

std::string saved_file(const std::string& name) {
  const std::string own = saved_folder() + "/" + name + ".pt";
  if (std::filesystem::exists(own)) return own;
  return std::string(MODHOST_TORCHSCRIPT_CHECK) + "/" + name + ".pt";
}

Signature saved_signature(const std::string& name) {
  Signature signature;
  const Tensor input = expected(name, "input"), output = expected(name, "output");
  signature.input_shape = input.sizes().slice(1).vec();
  signature.output_shape = output.sizes().slice(1).vec();
  if (!input.is_floating_point()) {
    signature.input = Input::tokens;
    signature.vocabulary = 11;
  } else {
    signature.input = input.dim() == 4   ? Input::image
                      : input.dim() == 3 ? Input::sequence
                                         : Input::features;
  }
  return signature;
}

std::unique_ptr<Torchscript> network_of(const std::string& path, const Signature& signature,
                                        const std::string& batching, int64_t time_limit) {
  auto options = std::make_shared<TorchscriptOptions>();
  options->file.set(path);
  options->batching.set(batching);
  options->time_limit.set(time_limit);
  Build build;
  build.signature = signature;
  build.options = options;
  return std::make_unique<Torchscript>(build);
}

std::unique_ptr<Torchscript> saved_network(const std::string& name, const std::string& batching) {
  return network_of(saved_file(name), saved_signature(name), batching);
}

std::string refusal_of(const std::string& path, const Signature& signature, int64_t time_limit) {
  try {
    network_of(path, signature, "auto", time_limit);
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  FAIL("nothing was refused");
  return "";
}

Tensor expected(const std::string& name, const std::string& what) {
  static const NamedTensors all = load_npz(saved_folder() + "/expected.npz");
  std::string network = name;
  const size_t traced = network.rfind("_traced");
  if (traced != std::string::npos) network.resize(traced);
  const Tensor* found = find(all, network + "/" + what);
  REQUIRE(found != nullptr);
  return *found;
}

Tensor python_masks(int64_t position, const Tensor& parameter) {
  const Tensor index = torch::arange(parameter.numel()).view(parameter.sizes());
  std::vector<Tensor> masks;
  for (int64_t variant = 0; variant < 3; ++variant) {
    masks.push_back((3 * index + 5 * position + 7 * variant).remainder(11).lt(8));
  }
  return torch::stack(masks).to(parameter.scalar_type());
}

}  // namespace modhost::test
