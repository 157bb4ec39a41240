// Weights as PyTorch and NumPy saved them (tests/data/weights/make.py).
#include "modhost/weights_file.h"

#include <catch2/catch.hpp>

#include "../core/test_folder.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/state_file.h"

using namespace modhost;
using Catch::Contains;

namespace {

const std::string kData = MODHOST_TEST_DATA "/weights/";

// Element i is (i - 3) / 4.
Tensor counting(const std::vector<int64_t>& shape, torch::ScalarType type = torch::kFloat32) {
  const int64_t size = c10::multiply_integers(shape);
  return ((torch::arange(size) - 3) / 4.0).reshape(shape).to(type);
}

std::vector<std::string> names(const WeightsFile& file) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : file.tensors) out.push_back(name);
  return out;
}

const Tensor& tensor(const WeightsFile& file, const std::string& name) {
  INFO(name);
  const Tensor* found = find(file.tensors, name);
  REQUIRE(found != nullptr);
  return *found;
}

void check_equal(const Tensor& tensor, const Tensor& expected) {
  CHECK(tensor.scalar_type() == expected.scalar_type());
  CHECK(torch::equal(tensor, expected));
}

// The network of most files: conv, norm, head.
void check_network(const WeightsFile& file) {
  CHECK(names(file) == std::vector<std::string>{"conv.weight", "conv.bias", "norm.weight",
                                                "norm.bias", "norm.running_mean",
                                                "norm.running_var", "norm.num_batches_tracked",
                                                "head.weight", "head.bias"});
  check_equal(tensor(file, "conv.weight"), counting({2, 1, 3, 3}));
  check_equal(tensor(file, "head.weight"), counting({3, 2}));
  check_equal(tensor(file, "norm.num_batches_tracked"), torch::tensor(int64_t{0}));
}

std::string refusal(const std::string& file, const std::string& key = "") {
  try {
    read_weights(kData + file, key);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.full();
  }
  return "";
}

}  // namespace

TEST_CASE("a state dict is read, in order and with its values", "[weights]") {
  const WeightsFile file = read_weights(kData + "state_dict.pt");
  CHECK(file.format == "PyTorch");
  CHECK(file.key.empty());
  check_network(file);
}

TEST_CASE("of a checkpoint the network is taken, without the prefix of a wrapper", "[weights]") {
  for (const auto& [name, format] :
       {std::pair("checkpoint.pt", "PyTorch"), std::pair("legacy.pth", "PyTorch before 1.6")}) {
    const WeightsFile file = read_weights(kData + name);
    CHECK(file.format == format);
    CHECK(file.key == "model");
    CHECK(file.prefix == "module.");
    check_network(file);
    REQUIRE(file.tables.size() == 8);  // the root holds "seen", each of 6 parameters Adam's moments
    CHECK(file.tables[1].key == "model");
    CHECK(file.tables[1].tensors == 9);
  }
}

TEST_CASE("any table of a checkpoint can be asked for", "[weights]") {
  CHECK(names(read_weights(kData + "checkpoint.pt", "optimizer/state/5")) ==
        std::vector<std::string>{"step", "exp_avg", "exp_avg_sq"});
  CHECK(read_weights(kData + "checkpoint.pt", "optimizer").tensors.size() == 18);
  CHECK(read_weights(kData + "checkpoint.pt", "/").tensors.size() == 28);
  check_network(read_weights(kData + "two_networks.pt", "critic"));
  CHECK(names(read_weights(kData + "two_networks.pt", "/")).front() == "generator.conv.weight");
}

TEST_CASE("every type, view and order of memory comes in as it was", "[weights]") {
  for (const char* name : {"every_type.pt", "every_type_legacy.pt"}) {
    const WeightsFile file = read_weights(kData + name);
    const auto same = [&](const char* which, torch::ScalarType type) {
      check_equal(tensor(file, which), counting({2, 3}, type));
    };
    same("float32", torch::kFloat32);
    same("float64", torch::kFloat64);
    same("float16", torch::kFloat16);
    same("bfloat16", torch::kBFloat16);
    same("int64", torch::kInt64);
    same("int32", torch::kInt32);
    same("int16", torch::kInt16);
    same("int8", torch::kInt8);
    check_equal(tensor(file, "uint8"), torch::arange(6, torch::kUInt8));
    check_equal(tensor(file, "bool"), torch::arange(6) % 2 == 1);
    check_equal(tensor(file, "parameter"), counting({4, 6}));
    check_equal(tensor(file, "turned"), counting({4, 6}).t());
    check_equal(tensor(file, "part"), counting({4, 6}).index({torch::indexing::Slice(1, 3),
                                                              torch::indexing::Slice(2, 5)}));
    check_equal(tensor(file, "expanded"), counting({1, 3}).expand({4, 3}));
    check_equal(tensor(file, "scalar"), torch::tensor(2.5f));
    check_equal(tensor(file, "empty"), torch::zeros({0, 5}));
    check_equal(tensor(file, "array"), counting({2, 3}));
    CHECK(tensor(file, "tied").data_ptr() == tensor(file, "parameter").data_ptr());
    CHECK(file.skipped.empty());
  }
}

TEST_CASE("TorchScript gives parameters and buffers, tied ones tied", "[weights]") {
  const WeightsFile script = read_weights(kData + "script.pt");
  CHECK(script.format == "TorchScript");
  CHECK(names(script) ==
        std::vector<std::string>{"first.weight", "first.scale", "net.weight", "net.scale"});
  check_equal(tensor(script, "net.weight"), counting({3, 2}));
  CHECK(tensor(script, "net.weight").data_ptr() == tensor(script, "first.weight").data_ptr());
  check_network(read_weights(kData + "trace.pt"));
  CHECK_THAT(refusal("frozen.pt"),
             Contains("has no parameters") && Contains("without torch.jit.freeze"));
}

TEST_CASE("a network that was pickled whole gives its state dict", "[weights]") {
  const WeightsFile file = read_weights(kData + "whole_network.pt");
  CHECK(names(file) == std::vector<std::string>{"body.weight", "body.bias", "head.0.weight",
                                                "head.0.bias", "head.0.running_mean",
                                                "head.0.running_var", "head.0.num_batches_tracked",
                                                "head.1.weight"});
  check_equal(tensor(file, "head.1.weight"), counting({3, 2}));
}

TEST_CASE("stored mask logits are found in their pickle", "[weights]") {
  const WeightsFile file = read_weights(kData + "masks.pickle");
  CHECK(file.format == "Python pickle");
  CHECK(file.key == "logit_tensors_dict");
  CHECK(names(file) ==
        std::vector<std::string>{"conv.weight", "conv.bias", "head.weight", "head.bias"});
  check_equal(tensor(file, "conv.weight"), counting({2, 1, 3, 3}));
}

TEST_CASE("arrays are read from pickles of every protocol", "[weights]") {
  const std::string protocol = GENERATE("2", "3", "4", "5");
  const WeightsFile file = read_weights(kData + "arrays_" + protocol + ".pickle");
  CHECK(names(file) == std::vector<std::string>{"c", "fortran", "int", "bool", "none"});
  check_equal(tensor(file, "c"), counting({2, 3}));
  check_equal(tensor(file, "fortran"), counting({2, 3}));
  check_equal(tensor(file, "int"), torch::arange(4));
  check_equal(tensor(file, "bool"), torch::arange(4) > 1);
  check_equal(tensor(file, "none"), torch::zeros({0, 2}));
}

TEST_CASE("a folder of arrays is named after its files", "[weights]") {
  const WeightsFile file = read_weights(kData + "stage_0");
  CHECK(names(file) == std::vector<std::string>{"head.bias", "head.weight"});
  check_equal(tensor(file, "head.weight"), counting({3, 2}));
  CHECK(names(read_weights(kData + "stage_0/head.bias.pth")) ==
        std::vector<std::string>{"head.bias"});
  CHECK_THAT(refusal(""), Contains("in a folder each file holds one"));
}

TEST_CASE("tensors of other kinds are passed over and told", "[weights]") {
  const WeightsFile file = read_weights(kData + "foreign.pt");
  CHECK(names(file) == std::vector<std::string>{"weight"});
  std::vector<std::string> skipped;
  for (const auto& [name, why] : file.skipped) skipped.push_back(name + ": " + why);
  CHECK(skipped == std::vector<std::string>{
                       "sparse: a tensor of the kind 'sparse_tensor'", "complex: a complex tensor",
                       "quantized: a tensor of the kind 'qtensor'",
                       "objects: an array of type '|O8'", "big_endian: a big-endian array"});
}

TEST_CASE("parameters and buffers that were kept apart are put together", "[weights]") {
  const WeightsFile file = read_weights(kData + "parameters_and_state.pt");
  CHECK(file.key == "parameters+state");
  CHECK(names(file).size() == 10);
  CHECK(names(read_weights(kData + "parameters_and_state.pt", file.key)) == names(file));
}

TEST_CASE("what cannot be told is asked for with what there is", "[weights]") {
  CHECK(refusal("two_networks.pt") ==
        "'" + kData +
            "two_networks.pt' does not say which of its tensors are the network; it has "
            "tensors in: generator, critic; say which by --model.weights_key KEY, or / for all");
  CHECK(refusal("two_networks.pt", "critc") ==
        "'" + kData +
            "two_networks.pt' has no tensors under 'critc'; it has tensors in: "
            "generator, critic; did you mean 'critic'?");
  CHECK_THAT(refusal("make.py"), Contains("begins like no format of weights"));
}

TEST_CASE("formats are told from the content, not from the name", "[weights]") {
  const TestFolder folder;
  const NamedTensors tensors = {{"a", counting({2, 3})}, {"b", torch::tensor(int64_t{7})}};
  const auto format_of = [&](const char* name) {
    std::filesystem::rename(folder.path() / name, folder.path() / "weights");
    const WeightsFile file = read_weights(folder.path() / "weights");
    REQUIRE(file.tensors.size() == 2);
    check_equal(file.tensors[0].second, tensors[0].second);
    check_equal(file.tensors[1].second, tensors[1].second);
    CHECK_THROWS_WITH(read_weights(folder.path() / "weights", "model"), Contains("'model'"));
    return file.format;
  };
  for (const char* name : {"x.pt", "x.npz", "x.safetensors"})
    save_tensors(folder.path() / name, tensors);
  CHECK(format_of("x.pt") == "PyTorch");
  CHECK(format_of("x.npz") == "npz");
  CHECK(format_of("x.safetensors") == "safetensors");
}

TEST_CASE("a file for Python keeps types, ties and emptiness", "[weights]") {
  const TestFolder folder;
  const WeightsFile before = read_weights(kData + "every_type.pt");
  save_tensors(folder.path() / "x.pth", before.tensors);
  const WeightsFile after = read_weights(folder.path() / "x.pth");
  REQUIRE(names(after) == names(before));
  for (size_t i = 0; i < after.tensors.size(); ++i) {
    check_equal(after.tensors[i].second, before.tensors[i].second);
  }
  CHECK(tensor(after, "tied").data_ptr() == tensor(after, "parameter").data_ptr());
  CHECK_THROWS_WITH(save_tensors(folder.path() / "x.onnx", before.tensors),
                    Contains("no known format"));
}

TEST_CASE("other people's files are named", "[weights]") {
  const TestFolder folder;
  const auto refused = [&](std::string_view bytes) {
    write_file_atomically(folder.path() / "x", bytes);
    try {
      read_weights(folder.path() / "x");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refused(""), Contains("it is empty"));
  CHECK_THAT(refused("\x89HDF\r\n"), Contains("HDF5"));
  CHECK_THAT(refused("\x1f\x8b\x08"), Contains("gzip"));
  CHECK_THAT(refused("PK\x03\x04 and nothing else"), Contains("no valid ZIP archive"));
  CHECK_THROWS_WITH(read_weights("/nowhere.pt"), Contains("No such file"));
}
