// Files that are no networks, and networks that do not fit: what the user reads.
#include <modhost/error.h>
#include <modhost/files.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "../model_cases/model_cases.h"
#include "saved_networks.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
using NoLeakCheck = __lsan::ScopedDisabler;
#else
struct NoLeakCheck {
  NoLeakCheck() {}
};
#endif

using namespace modhost;
using namespace modhost::test;
using Catch::Contains;

namespace {

const Signature kFeatures = features(12, Output::classes, {5});

std::string refused(const std::string& name, const Signature& signature = kFeatures) {
  return refusal_of(saved_file(name), signature);
}

}  // namespace

TEST_CASE("torchscript says what a file is that holds no network", "[torchscript][bad]") {
  CHECK_THAT(refusal_of("", kFeatures),
             Contains("'model.file' names no network") && Contains("torch.jit.script(net).save"));
  CHECK_THAT(refusal_of("/nowhere/net.pt", kFeatures), Contains("'/nowhere/net.pt'"));
  CHECK_THAT(refused("state_dict"),
             Contains("holds PyTorch data, no TorchScript network") && Contains("without code"));
  CHECK_THAT(refused("frozen"),
             Contains("a network that was frozen keeps its weights in its program") &&
                 Contains("save it without torch.jit.freeze"));
  CHECK_THAT(refused("unknown_call"), Contains("unknown_call.pt' is no network that LibTorch") &&
                                          Contains("linaer") &&
                                          Contains("code/__torch__/torch/nn/modules/linear.py, "));
}

TEST_CASE("torchscript says what does not fit the data", "[torchscript][bad]") {
  CHECK_THAT(refused("mlp", features(13, Output::classes, {5})),
             Contains("features [13] in a batch of 6") && Contains("cannot be multiplied"));
  CHECK_THAT(refused("mlp", features(12, Output::classes, {7})),
             Contains("gives [6, 5] for 6 samples; the dataset needs [n, 7], classes"));
  CHECK_THAT(refused("resnet", features(12, Output::classes, {5})), Contains("features [12]"));
  CHECK_THAT(refused("two_inputs"), Contains("forward takes 2 inputs; modhost feeds one tensor"));
  CHECK_THAT(refused("two_outputs"),
             Contains("forward gives Tuple[Tensor, Tensor]; modhost needs one tensor"));
  CHECK_THAT(refused("fixed_batch"),
             Contains("in a batch of 6") && Contains("keeps the sizes it was traced with"));
  CHECK_THAT(refused("hidden"), Contains("parameter 'weight' changes the output") &&
                                    Contains("a mask on it would change nothing"));
}

TEST_CASE("torchscript refuses what does not come to an end", "[torchscript][bad]") {
  const std::string evaluation = refusal_of(saved_file("endless"), kFeatures, 1);
  CHECK_THAT(evaluation, Contains("the network's forward cannot be run in evaluation with 6 samples"
                                  ": LibTorch does not come to an end with it in 1 s") &&
                             Contains("raise 'model.time_limit'"));
  CHECK(evaluation.find('\n') == std::string::npos);
  CHECK_THAT(refusal_of(saved_file("endless_in_training"), kFeatures, 1),
             Contains("cannot be run in training with 6 samples") && Contains("in 1 s"));
}

TEST_CASE("torchscript computes half and double networks in float", "[torchscript]") {
  const std::string name = GENERATE("half", "double");
  const auto model = network_of(saved_file(name), kFeatures);
  for (const Parameter& parameter : model->parameters()) {
    CHECK(parameter.tensor().scalar_type() == torch::kFloat);
  }
  CHECK(model->forward(random_batch(kFeatures, 3, 1).to(torch::kFloat)).sizes() ==
        std::vector<int64_t>{3, 5});
}

TEST_CASE("torchscript replaces a device that is written into the code", "[torchscript]") {
  const auto model = network_of(saved_file("on_cuda"), kFeatures);
  REQUIRE(model->notes().size() == 1);
  CHECK_THAT(model->notes()[0], Contains("devices written into the code"));
}

TEST_CASE("torchscript leaves what has no effect out of masks", "[torchscript]") {
  const auto model = network_of(saved_file("unused"), kFeatures);
  for (const Parameter& parameter : model->parameters()) {
    const bool used = parameter.name().rfind("body.", 0) == 0;
    CHECK(parameter.maskable() == used);
  }
  REQUIRE(model->notes().size() == 1);
  CHECK_THAT(model->notes()[0], Contains("auxiliary.weight, auxiliary.bias"));
}

// Whatever a damaged file holds, it is an error or a network, never a crash.
TEST_CASE("torchscript survives damaged files", "[torchscript][bad]") {
  const std::string whole = read_file(saved_file("unused"));
  const auto folder = std::filesystem::temp_directory_path() / "modhost_torchscript_damaged";
  std::filesystem::create_directories(folder);
  const std::string path = folder / "net.pt";
  size_t refused = 0, tried = 0;
  const auto try_bytes = [&](const std::string& bytes) {
    write_file_atomically(path, bytes);
    ++tried;
    const NoLeakCheck libtorch_loses_its_zip_reader;  // whose constructor throws halfway
    try {
      network_of(path, kFeatures);
    } catch (const Error& error) {
      ++refused;
      const std::string text = error.what();
      CHECK((text.find('\n') == std::string::npos && text.size() < 600));
    }
  };
  for (size_t size = 0; size < whole.size(); size += 1 + whole.size() / 40) {
    try_bytes(whole.substr(0, size));
  }
  for (size_t at = 0; at < whole.size(); at += 17) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    try_bytes(bytes);
  }
  CHECK(refused > tried / 2);
  std::filesystem::remove_all(folder);
}
