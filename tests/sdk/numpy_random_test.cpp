#include <modhost/numpy_random.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace modhost;

namespace {

// What numpy itself gave.
nlohmann::json reference() {
  return nlohmann::json::parse(std::ifstream(MODHOST_TEST_DATA "/numpy/random_state.json"));
}

}  // namespace

TEST_CASE("whole numbers below a bound are numpy's", "[random][numpy]") {
  const nlohmann::json all = reference();
  for (const auto& known : all.at("randint")) {
    CAPTURE(known);
    NumpyRandom random(known.at("seed"));
    for (const uint32_t value : known.at("values")) {
      REQUIRE(random.below(known.at("bound")) == value);
    }
    CHECK(random.uniform() == known.at("then").get<double>());
  }
}

TEST_CASE("numbers in the unit interval are numpy's", "[random][numpy]") {
  const nlohmann::json all = reference();
  for (const auto& known : all.at("rand")) {
    NumpyRandom random(known.at("seed"));
    for (const double value : known.at("values")) REQUIRE(random.uniform() == value);
  }
}

TEST_CASE("permutations and choices are numpy's", "[random][numpy]") {
  const nlohmann::json all = reference();
  for (const auto& known : all.at("permutation")) {
    const auto values = known.at("values").get<std::vector<int64_t>>();
    CHECK(NumpyRandom(known.at("seed")).permutation(static_cast<int64_t>(values.size())) == values);
  }
  const auto known = reference().at("choice").at(0);
  auto chosen = NumpyRandom(known.at("seed")).permutation(known.at("count"));
  chosen.resize(known.at("values").size());
  CHECK(chosen == known.at("values").get<std::vector<int64_t>>());
}
