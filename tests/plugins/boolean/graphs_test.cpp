// The function graphs against the published truth tables.
#include "graphs.h"

#include <modhost/error.h>
#include <modhost/npz.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "row_source.h"

using namespace modhost;
using namespace modhost_boolean;

namespace {

std::vector<int64_t> numbers_of(const std::string& text) {
  std::vector<int64_t> out;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, '-');) out.push_back(std::stoll(part));
  return out;
}

TrueModules truth(const std::vector<int64_t>& graph) {
  const Functions functions = parse_functions(graph_text(graph));
  return true_modules(functions, functions.inputs);
}

using Groups = std::vector<int64_t>;

}  // namespace

TEST_CASE("every published graph has the published truth table", "[graphs]") {
  const NpzArrays arrays = read_npz(std::string(MODHOST_TEST_DATA) + "/boolean/truth_tables.npz");
  int tables = 0;
  for (const auto& [name, array] : arrays) {
    const size_t begin = name.find("__"), end = name.rfind("__");
    if (name.substr(end) != "__Y") continue;
    CAPTURE(name);
    const auto graph = numbers_of(name.substr(begin + 2, end - begin - 2));
    const Functions functions = parse_functions(graph_text(graph));
    const auto inputs = arrays.at(name.substr(0, end) + "__X").values<uint8_t>();
    const auto outputs = array.values<uint8_t>();
    const auto rows = size_t{1} << functions.inputs;
    REQUIRE(inputs.size() == rows * static_cast<size_t>(functions.inputs));
    REQUIRE(outputs.size() == rows * functions.outputs.size());
    const auto table = evaluate_all(functions, functions.inputs);
    bool same = true;
    for (size_t row = 0; row < rows; ++row) {
      for (int64_t i = 0; i < functions.inputs; ++i) {
        same =
            same && inputs[row * static_cast<size_t>(functions.inputs) + static_cast<size_t>(i)] ==
                        (row >> (functions.inputs - 1 - i) & 1);
      }
      for (size_t i = 0; i < functions.outputs.size(); ++i) {
        same = same && outputs[row * functions.outputs.size() + i] ==
                           table[row * functions.list.size() + functions.outputs[i]];
      }
    }
    CHECK(same);
    ++tables;
  }
  CHECK(tables == 39);
}

TEST_CASE("true groups of inputs and outputs are the study's", "[graphs]") {
  CHECK(truth({4, 2, 4}).inputs == Groups{0, 0, 1, 1});
  CHECK(truth({4, 2, 4}).outputs == Groups{0, 0, 1, 1});
  CHECK(truth({4, 1, 4}).outputs == Groups{0, 0, 0, 0});
  CHECK(truth({6, 3, 3, 3}).inputs == Groups{0, 0, 1, 1, 2, 2});
  CHECK(truth({6, 3, 3, 3}).outputs == Groups{0, 1, 2});
  CHECK(truth({4, 1, 2, 8}).inputs == Groups{0, 0, 0, 0});
  CHECK(truth({4, 1, 2, 8}).outputs == Groups{0, 1, 0, 1, 0, 1, 0, 1});
  CHECK(truth({8, 2, 4}).inputs == Groups{0, 0, 0, 0, 1, 1, 1, 1});
  CHECK(truth({7, 3, 2, 2}).inputs == Groups{0, 0, 0, 1, 2, 2, 2});
  CHECK(truth({6, 3, 2, 2}).inputs == Groups{0, 0, 1, 1, 2, 2});
  CHECK(truth({5, 3, 2, 2}).inputs == Groups{0, 1, 1, 1, 2});
  CHECK(truth({4, 1, 2, 2, 2}).inputs == Groups{0, 0, 0, 0});
  CHECK(truth({8, 2, 1, 2, 4}).inputs == Groups{0, 0, 0, 0, 1, 1, 1, 1});
  CHECK(truth({8, 2, 1, 2, 4}).outputs == Groups{0, 1, 0, 1});
  const TrueModules both = truth({6, 3, 3, 3});
  REQUIRE(both.functions.size() == 6);
  CHECK(both.functions[0].reads == std::vector<std::string>{"x0", "x1"});
  CHECK(both.functions[3].reads == std::vector<std::string>{"a", "b"});
  CHECK_THROWS_AS(graph_text({4, 2, 5}), Error);
  CHECK_THROWS_AS(graph_text({4, 1, 2, 3}), Error);
  CHECK_THROWS_AS(graph_text({}), Error);
}

TEST_CASE("noise is new in each draw, and the same in the same", "[graphs]") {
  Rows rows{2, 1, {0, 0, 0, 1, 1, 0, 1, 1}, {0, 1, 1, 0}};
  const RowSource clean(rows, 0, 0), noisy(rows, 0.1, 3);
  CHECK(noisy.size() == 4);
  CHECK(torch::equal(clean.load({2, 1}).input, torch::tensor({{1.F, 0.F}, {0.F, 1.F}})));
  CHECK(torch::equal(clean.load({2, 3}).target, torch::tensor({{1.F}, {0.F}})));
  CHECK(torch::equal(noisy.load({0, 1}).input, clean.drawn({0, 1}, {5, 6}).input));
  const Batch one = noisy.drawn({2, 2, 3, 2}, {7, 8, 7, 7});
  CHECK(torch::equal(one.input[0], one.input[3]));
  CHECK_FALSE(torch::equal(one.input[0], one.input[1]));
  CHECK(torch::equal(one.target, clean.load({2, 2, 3, 2}).target));
  std::vector<int64_t> all;
  std::vector<uint64_t> draws;
  for (uint64_t i = 0; i < 2000; ++i) {
    all.push_back(static_cast<int64_t>(i % 4));
    draws.push_back(i / 4);
  }
  const Tensor noise = noisy.drawn(all, draws).input - clean.load(all).input;
  CHECK(std::abs(noise.mean().item<double>()) < 0.007);  // 4 sigma of 4000 numbers
  CHECK(noise.std().item<double>() == Approx(0.1).epsilon(0.05));
}
