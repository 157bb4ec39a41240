// From the weights in a file to those of a model: names, masks, and what does not fit.
#include "modhost/weights.h"

#include <catch2/catch.hpp>

#include "../core/test_folder.h"
#include "modhost/error.h"
#include "modhost/state_file.h"

using namespace modhost;
using Catch::Contains;

namespace {

const std::string kData = MODHOST_TEST_DATA "/weights/";

NamedTensors named(const std::vector<std::string>& names) {
  NamedTensors out;
  for (const std::string& name : names) out.emplace_back(name, torch::ones({2}));
  return out;
}

std::vector<std::string> names(const NamedTensors& tensors) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : tensors) out.push_back(name);
  return out;
}

std::vector<std::string> renamed_names(const std::vector<std::string>& before,
                                       const std::vector<std::string>& rules) {
  return names(renamed(named(before), rules));
}

template <typename Work>
std::string refusal(ErrorCode code, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.full();
  }
  return "";
}

std::string rule_refusal(const std::string& rule) {
  return refusal(ErrorCode::config, [&] { renamed(named({"a.b", "c"}), {rule}); });
}

std::string misfit(const NamedTensors& own, const NamedTensors& given) {
  return refusal(ErrorCode::data, [&] { check_fit(own, given, "the weights"); });
}

void set(WeightsOptions& options, const std::string& key, const std::string& value) {
  options.assign("model", "net", {{key, OptionValue{value, "command line", true}}});
}

}  // namespace

TEST_CASE("rules change names one after the other, as sed does", "[weights][rename]") {
  using Names = std::vector<std::string>;
  CHECK(renamed_names({"features.0.weight", "x"}, {R"(s/^features\.0/vision.net.0/)"}) ==
        Names{"vision.net.0.weight", "x"});
  CHECK(renamed_names({"a.a.a"}, {"s/a/b/"}) == Names{"b.a.a"});
  CHECK(renamed_names({"a.a.a"}, {"s/a/b/g"}) == Names{"b.b.b"});
  CHECK(renamed_names({"a.b"}, {"s/a/c/", "s/c/d/"}) == Names{"d.b"});
  CHECK(renamed_names({"layer1.0.w"}, {R"(s/layer([0-9]+)\.([0-9]+)/blocks.\1.\2/)"}) ==
        Names{"blocks.1.0.w"});
  CHECK(renamed_names({"w"}, {"s/w/<&>/"}) == Names{"<w>"});
  CHECK(renamed_names({"a/b"}, {"s|a/b|c|"}) == Names{"c"});
  CHECK(renamed_names({"a/b"}, {R"(s/a\/b/c/)"}) == Names{"c"});
  CHECK(renamed_names({"model.w"}, {"s/^model\\.//"}) == Names{"w"});
  CHECK(renamed_names({"w"}, {"s/^/net./"}) == Names{"net.w"});
}

TEST_CASE("a rule may hold a comma, at which command lines are cut", "[weights][rename]") {
  CHECK(renamed_names({"aab"}, {"s/^a{1", "2}/x/", "s/b/c/"}) == std::vector<std::string>{"xc"});
}

TEST_CASE("a rule that is none is refused with the form", "[weights][rename]") {
  CHECK(rule_refusal("a/b/c") ==
        "option 'model.rename': 'a/b/c' is no rule; a rule is written s/REGEX/NEW/ or "
        "s/REGEX/NEW/g");
  CHECK_THAT(rule_refusal("s/a/b"), Contains("'s/a/b' lacks a '/'"));
  CHECK_THAT(rule_refusal("s/a/b/x"), Contains("ends in 'x'"));
  CHECK_THAT(rule_refusal("s/(/b/"), Contains("holds a wrong regular expression"));
  CHECK_THAT(rule_refusal(""), Contains("is no rule"));
  CHECK(rule_refusal("s/z/y/") ==
        "option 'model.rename': 's/z/y/' changes no name; the first name is 'a.b'");
  CHECK_THAT(rule_refusal("s/.*/same/"), Contains("gives two tensors the name 'same'"));
}

TEST_CASE("weights that fit are accepted, whatever their order and type", "[weights][fit]") {
  const NamedTensors own = {{"a", torch::zeros({2, 3})}, {"b", torch::zeros({})}};
  CHECK_NOTHROW(check_fit(own, {own[1], {"a", torch::zeros({2, 3}, torch::kHalf)}}, "x"));
}

TEST_CASE("a second name of a tied weight is not unexpected", "[weights][fit]") {
  const WeightsFile file = read_weights(kData + "every_type.pt");
  const Tensor& tied = *find(file.tensors, "tied");
  const NamedTensors own = {{"parameter", torch::zeros({4, 6})}};
  const NamedTensors given = {{"parameter", *find(file.tensors, "parameter")}, {"tied", tied}};
  CHECK_NOTHROW(check_fit(own, given, "x"));
  CHECK_THAT(misfit(own, {given[0], {"tied", tied.clone()}}), Contains("unexpected: tied"));
}

TEST_CASE("what does not fit is told in three lists", "[weights][fit]") {
  const NamedTensors own = {
      {"a", torch::zeros({2, 3})}, {"b", torch::zeros({2})}, {"c", torch::zeros({2})}};
  const NamedTensors given = {
      {"a", torch::zeros({3, 2})}, {"b", torch::zeros({2})}, {"d", torch::zeros({5})}};
  CHECK(misfit(own, given) ==
        "the weights do not fit the model; missing: c; unexpected: d; wrong shape: a is [3, 2], "
        "not [2, 3]");
}

TEST_CASE("long lists are cut", "[weights][fit]") {
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i) many.push_back("layer" + std::to_string(i));
  CHECK(misfit(named(many), {}) ==
        "the weights do not fit the model; missing: layer0, layer1, layer2, layer3, layer4, "
        "layer5, layer6, layer7 and 12 more");
}

TEST_CASE("where one prefix makes all names fit the rule is proposed", "[weights][fit]") {
  const NamedTensors own = named({"vision.net.0.weight", "vision.net.0.bias", "head.weight"});
  CHECK_THAT(
      misfit(own, named({"net.vision.net.0.weight", "net.vision.net.0.bias", "net.head.weight"})),
      Contains(R"(; would fit with --model.rename 's/^net\.//')"));
  CHECK_THAT(misfit(named({"net.a", "net.b"}), named({"a", "b"})),
             Contains("--model.rename 's/^/net./'"));
  CHECK_THAT(misfit(own, named({"features.0.weight", "features.0.bias", "head.weight"})),
             Contains(R"(--model.rename 's/^features\./vision.net./')"));
  CHECK_THAT(misfit(own, named({"features.1.weight", "head.weight"})), !Contains("rename"));
}

TEST_CASE("a mask multiplies its weights, be it bits or logits", "[weights][mask]") {
  const NamedTensors weights = {{"a", torch::tensor({1.f, 2.f, 3.f})}, {"b", torch::ones({2})}};
  const Tensor expected = torch::tensor({1.f, 0.f, 3.f});
  for (const Tensor& mask : {torch::tensor({1, 0, 1}, torch::kUInt8),
                             torch::tensor({.5f, 0.f, 4.f}), torch::tensor({true, false, true})}) {
    const NamedTensors out = masked(weights, {{"a", mask}});
    CHECK(torch::equal(out[0].second, expected));
    CHECK(torch::equal(out[1].second, weights[1].second));
  }
  CHECK_THROWS_WITH(masked(weights, named({"c"})), "the mask 'c' belongs to no weight");
  CHECK_THROWS_WITH(masked(weights, named({"a"})), "the mask 'a' is [2], its weight [3]");
}

TEST_CASE("pruning pairs come back as one weight", "[weights][mask]") {
  const TestFolder folder;
  const NamedTensors weights = {{"a", torch::tensor({1.f, 2.f, 3.f})}, {"b", torch::ones({2})}};
  const NamedTensors mask = {{"a", torch::tensor({1, 0, 1}, torch::kUInt8)}};
  const NamedTensors pairs = as_pruned(weights, mask);
  CHECK(names(pairs) == std::vector<std::string>{"a_orig", "a_mask", "b"});
  CHECK(torch::equal(pairs[0].second, weights[0].second));
  CHECK(pairs[1].second.scalar_type() == torch::kFloat32);
  save_torch(folder.path() / "x.pt", pairs);
  WeightsOptions options;
  set(options, "weights", (folder.path() / "x.pt").string());
  const WeightsFile file = read_weights(options);
  CHECK(names(file.tensors) == std::vector<std::string>{"a", "b"});
  CHECK(torch::equal(file.tensors[0].second, torch::tensor({1.f, 0.f, 3.f})));
  CHECK(file.pruned == std::vector<std::string>{"a"});
}

TEST_CASE("the options name file, table, names and mask at once", "[weights]") {
  const TestFolder folder;
  const std::string mask = (folder.path() / "mask.npz").string();
  save_npz(mask, {{"out.weight", torch::zeros({3, 2}, torch::kUInt8)}});
  WeightsOptions options;
  set(options, "weights", kData + "two_networks.pt");
  set(options, "weights_key", "critic");
  set(options, "rename", "s/^head/out/");
  set(options, "mask", mask);
  const WeightsFile file = read_weights(options);
  CHECK(file.key == "critic");
  CHECK(find(file.tensors, "out.weight")->count_nonzero().item<int64_t>() == 0);
  CHECK(find(file.tensors, "conv.weight")->count_nonzero().item<int64_t>() > 0);
}

TEST_CASE("options about a file need a file", "[weights]") {
  for (const char* key : {"weights_key", "rename", "mask"}) {
    WeightsOptions options;
    CHECK_THROWS_WITH(set(options, key, "s/a/b/"),
                      Contains(std::string("'model.") + key + "' is about a file"));
  }
  WeightsOptions options;
  CHECK_THROWS_WITH(set(options, "finetune", "true"), Contains("is about a file"));
}
