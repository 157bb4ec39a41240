#include "help.h"

#include <catch2/catch.hpp>
#include <regex>

#include "test_source.h"

namespace {

using namespace modhost;
using namespace modhost::core;
using Catch::Contains;

// The block of one option on one line.
std::string option_in(const std::string& help, const std::string& name) {
  const size_t start = help.find("  --" + name + " ");
  REQUIRE(start != std::string::npos);
  const size_t end = std::min(help.find("\n  --", start), help.find("\n\n", start));
  return std::regex_replace(help.substr(start, end - start), std::regex("\\s+"), " ");
}

std::string help(const std::vector<std::pair<std::string, std::string>>& names) {
  TestSource source;
  Settings settings;
  for (const auto& [kind, name] : names) {
    set_text(settings, kind, kNameKey, name, kCommandLine);
  }
  return help_text(settings, source);
}

TEST_CASE("help without components shows the defaults") {
  const std::string text = help({});
  CHECK_THAT(option_in(text, "train.lr"), Contains("[0.001]") && !Contains("from"));
  CHECK_THAT(text, !Contains("\n[model]") && !Contains("\n[dataset]"));
}

TEST_CASE("help shows what would be used: a suggestion with its origin") {
  const std::string text = help({{"model", "net"}});
  CHECK_THAT(option_in(text, "train.lr"), Contains("[2e-3] (from net)"));
  CHECK_THAT(option_in(text, "train.epochs"), !Contains("(from"));
  CHECK_THAT(text, Contains("[model] net: a net"));
  CHECK_THAT(text, Contains("[dataset] toy (from net): a toy"));
  CHECK_THAT(option_in(text, "dataset.size"), Contains("[200] (from net)"));
}

TEST_CASE("help shows the stronger of two suggestions") {
  const std::string text = help({{"model", "net"}, {"method", "search"}, {"dataset", "toy"}});
  CHECK_THAT(option_in(text, "train.lr"), Contains("[2e-3] (from net)"));
  CHECK_THAT(option_in(text, "train.epochs"), Contains("[7] (from search)"));
  CHECK_THAT(text, Contains("[dataset] toy: a toy"));
}

}  // namespace
