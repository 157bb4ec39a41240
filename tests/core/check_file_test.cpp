#include "check_file.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"

namespace {

using namespace modhost;
using namespace modhost::core;
using conformance::CheckFile;

std::string message_of(const std::string& text) {
  try {
    parse_check_file(text, "check.toml");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

TEST_CASE("a check file switches checks off, loosens limits and names cases") {
  const CheckFile file = parse_check_file(R"(
[off]
port-speed = "loops on purpose"
[limits]
port-batch = {value = 1e-9, reason = "sums in float32"}
[[case]]
component = "net"
input = "image [3, 8, 8]"
output = "classes [4]"
options = {hidden = [4, 5], name = "x"}
[[case]]
component = "layer"
input_shape = [3, 4]
)",
                                          "check.toml");
  CHECK(file.off.at("port-speed") == "loops on purpose");
  CHECK(file.limits.at("port-batch").value == 1e-9);
  REQUIRE(file.cases.size() == 2);
  CHECK(file.cases[0].component == "net");
  CHECK(file.cases[0].input == "image [3, 8, 8]");
  CHECK(file.cases[0].options.size() == 2);
  CHECK(file.cases[1].input_shape == std::vector<int64_t>{3, 4});
}

TEST_CASE("a check file that says what cannot be meant is refused with its place") {
  CHECK(message_of("[off]\nport-sped = \"x\"") ==
        "check.toml:2:1: unknown check 'port-sped'; did you mean 'port-speed'?");
  CHECK(message_of("[off]\nport-speed = \" \"") ==
        "check.toml:2:14: the reason why 'port-speed' is off must be a text that is not empty");
  CHECK(message_of("[limits]\nport-batch = 1e-3") ==
        "check.toml:2:14: limit 'port-batch' must be a table");
  CHECK(message_of("[limits]\nport-batch = {value = 1e-3}") ==
        "check.toml:2:14: limit 'port-batch' needs a 'reason'");
  CHECK(message_of("[limits]\nport-batsh = {value = 1, reason = \"x\"}").find("'port-batch'?") !=
        std::string::npos);
  CHECK(message_of("[[case]]\noptions = {}").find("must name a 'component'") != std::string::npos);
  CHECK(message_of("[[case]]\ncomponent = \"x\"\ninputs = 3").find("did you mean 'input'?") !=
        std::string::npos);
  CHECK(message_of("[[case]]\ncomponent = \"x\"\ninput_shape = [0]").find("above 0") !=
        std::string::npos);
  CHECK(message_of("[case]\ncomponent = \"x\"").find("[[case]]") != std::string::npos);
  CHECK(message_of("[off").find("check.toml:1:") == 0);
  CHECK(message_of("off = 3").find("[off] must be a table") != std::string::npos);
}

TEST_CASE("without a check file nothing is switched off") {
  const CheckFile file = read_check_file("/nowhere");
  CHECK(file.off.empty());
  CHECK(file.cases.empty());
}

}  // namespace
