#include <catch2/catch.hpp>

#include "modhost/conformance/check.h"
#include "modhost/conformance/limits.h"
#include "modhost/files.h"

namespace {

using namespace modhost::conformance;
using Catch::Contains;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

TEST_CASE("the README of the checks tells every check and every limit") {
  const std::string text = modhost::read_file(MODHOST_TEST_DATA "/../../sdk/check/README.md");
  for (const Check& check : checks()) {
    CHECK_THAT(text, Contains("| `" + std::string(check.id) + "` | " + check.sentence + " |"));
  }
  for (const Limit& limit : limits()) {
    CHECK_THAT(text, Contains("| `" + std::string(limit.name) + "` | " + number(limit.value) +
                              " | " + limit.meaning + " |"));
  }
}

}  // namespace
