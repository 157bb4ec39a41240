// What `modhost list` and `modhost info` print.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "discovery.h"
#include "info_command.h"
#include "list_command.h"
#include "modhost/error.h"
#include "plugin_folder.h"
#include "test_folder.h"
#include "text_table.h"

using namespace modhost::core;  // NOLINT: the subject of this file
using Catch::Contains;

namespace {

Catalog bad_plugins() { return Catalog(discover({{MODHOST_BAD_PLUGIN_DIR, "test"}})); }

std::string listed(const Catalog& catalog, const ListOptions& options) {
  std::ostringstream out;
  CHECK(list_command(catalog, options, out) == 0);
  return out.str();
}

std::string info(const std::string& what, bool json = false, int code = 0) {
  PluginSource source(bad_plugins());
  std::ostringstream out;
  const int returned = info_command(source, what, json, out);
  CHECK(returned == code);
  return out.str();
}

}  // namespace

TEST_CASE("list shows components by kind, and what cannot be used", "[plugin]") {
  const std::string text = listed(bad_plugins(), {});
  CHECK_THAT(text, Contains("models") && Contains("does everything right"));
  CHECK_THAT(text, Contains("cannot be used") && Contains("E-FOREIGN") && Contains("E-NOMARK"));
  CHECK_THAT(text, !Contains("found by"));
  CHECK_THAT(listed(bad_plugins(), {false, true}), Contains("found by") && Contains("broken"));
  CHECK_THAT(listed(Catalog({}, {"/nowhere"}), {}),
             Contains("no usable plugin") && Contains("/nowhere"));
}

TEST_CASE("--json is one object on one line, whatever bytes a path holds", "[plugin]") {
  const TestFolder temporary;
  copy_good_plugin(temporary.path(), "no\xffutf8");
  const Catalog catalog(discover({{temporary.path(), "test"}}));
  for (const std::string& text :
       {listed(bad_plugins(), {true, true}), info("good", true), info("no_entry", true, 1),
        info("linear", true), info("hard_concrete", true), listed(catalog, {true, true})}) {
    CHECK(text.find('\n') + 1 == text.size());
    CHECK(nlohmann::json::parse(text).is_object());
  }
}

TEST_CASE("list --json is JSON with states", "[plugin]") {
  const auto json = nlohmann::json::parse(listed(bad_plugins(), {true, true}));
  bool seen = false;
  for (const auto& plugin : json["plugins"]) {
    if (plugin["id"] != "org.modhost-tests.good") continue;
    seen = true;
    CHECK(plugin["state"] == "ready");
    CHECK(plugin["provides"]["models"] == std::vector<std::string>{"good"});
  }
  CHECK(seen);
  CHECK(json["built_in"]["layers"].contains("linear"));
  CHECK(json["built_in"]["masks"]["magnitude"] ==
        "the largest weights; not trained, the same for all tasks");
}

TEST_CASE("list and info show the families of masks that are built in", "[plugin]") {
  const std::string text = listed(bad_plugins(), {});
  CHECK_THAT(text, Contains("masks ") && Contains("hard_concrete") && Contains("(built in)"));
  CHECK_THAT(text, Contains("top_share") && Contains("org.modhost-tests.broken_masks"));
  CHECK_THAT(listed(Catalog({}, {"/nowhere"}), {}), !Contains("hard_concrete"));
  CHECK_THAT(info("hard_concrete"), Contains("Louizos et al. 2018") && Contains("--mask.low"));
  CHECK_THAT(info("gumbel"), Contains("no options"));
}

TEST_CASE("info shows manifest, options and the build beside the host's", "[plugin]") {
  const std::string name =
      GENERATE("good", "org.modhost-tests.good", "org.modhost-tests.good/good",
               MODHOST_BAD_PLUGIN_DIR "/good", MODHOST_BAD_PLUGIN_DIR "/good/good.so");
  INFO(name);
  const std::string text = info(name);
  CHECK_THAT(text, Contains("org.modhost-tests.good 1.0.0") && Contains("MIT"));
  CHECK_THAT(text, Contains("--model.width") && Contains("at least 1") && Contains("Good 2021"));
  CHECK_THAT(text, Contains("features -> classes") && Contains("suggests  train.lr = 2e-3\n"));
  CHECK_THAT(text, Contains("LibTorch") && Contains("this host"));
}

TEST_CASE("info --json holds the options", "[plugin]") {
  const auto json = nlohmann::json::parse(info("good", true));
  CHECK(json["components"][0]["options"][0]["name"] == "width");
  CHECK(json["components"][0]["options"][0]["default"] == "8");
  CHECK(json["build"]["sdk_abi"] == json["host"]["sdk_abi"]);
}

TEST_CASE("info tells why a plugin cannot be used", "[plugin]") {
  CHECK_THAT(info("no_entry", false, 1), Contains("broken") && Contains("E-ENTRY"));
  CHECK_THAT(info("throws_exception", false, 1), Contains("E-INIT"));
  const TestFolder temporary;
  const auto folder = copy_good_plugin(temporary.path());
  forge_bytes(folder / "good.so", "cxx11abi=1", "cxx11abi=0");
  CHECK_THAT(info(folder.string(), false, 1),
             Contains("incompatible") && Contains("must be equal"));
}

TEST_CASE("info of something unknown says what there is", "[plugin]") {
  CHECK_THROWS_WITH(info("goof"), Contains("nothing installed is called 'goof'"));
  CHECK_THROWS_WITH(info("./nowhere.so"), Contains("E-NOTFOUND"));
}

TEST_CASE("info proposes also what is built in", "[plugin]") {
  try {
    info("hard_concret");
    FAIL("nothing is thrown");
  } catch (const modhost::Error& error) {
    CHECK(error.hint() == "did you mean 'hard_concrete'?");
  }
}

TEST_CASE("info knows the layers of the SDK", "[plugin]") {
  CHECK_THAT(info("linear"), Contains("layer 'linear'"));
}

TEST_CASE("Text is broken between words, never before a percent sign", "[text]") {
  using Lines = std::vector<std::string>;
  CHECK(broken_lines("at least 90 % of it", 11) == Lines{"at least", "90 % of it"});
  CHECK(broken_lines("unbreakable", 5) == Lines{"unbreakable"});
  CHECK(broken_lines("", 5) == Lines{""});
}

TEST_CASE("Columns of a table stay aligned", "[text]") {
  CHECK(display_width("\xc3\xa4\xe2\x86\x92") == 2);  // a umlaut, arrow
  CHECK(display_width("\xe4\xb8\xad") == 2);          // a wide character
  TextTable table({"name", "text"});
  table.add({"\xc3\xa4", "x"});
  table.add({"long name", "some words that are too long for the width of the table"});
  CHECK(table.text("", 45) ==
        "name       text\n"
        "\xc3\xa4          x\n"
        "long name  some words that are too long for\n"
        "           the width of the table\n");
}
