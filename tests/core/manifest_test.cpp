// plugin.toml: what is mandatory, and that errors tell the place.
#include "manifest.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"
#include "version_range.h"

using namespace modhost::core;  // NOLINT: the subject of this file
using Catch::Contains;
using Catch::StartsWith;

namespace {

const std::string kGood = R"([plugin]
id = "org.lab-a.scl"
version = "0.4.1"
description = "a learner"
license = "MIT"
url = "https://lab-a.org"

[source]
repository = "https://git.lab-a.org/scl"

[provides]
models = ["scl", "mlp"]
methods = ["prune"]
)";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  try {
    parse_manifest(text, "plugin.toml");
  } catch (const modhost::Error& error) {
    CHECK(error.code() == modhost::ErrorCode::plugin);
    return error.full();
  }
  return "no error";
}

}  // namespace

TEST_CASE("A manifest is read", "[plugin]") {
  const Manifest manifest = parse_manifest(kGood, "plugin.toml");
  CHECK(manifest.id == "org.lab-a.scl");
  CHECK(manifest.short_name() == "scl");
  CHECK(manifest.name == manifest.id);  // when it is not given
  CHECK(manifest.provides_text() == "models: mlp, scl; methods: prune");
  CHECK(manifest.kinds_text() == "model, method");
  CHECK(manifest.provides_component(modhost::ComponentKind::model, "mlp"));
  CHECK_FALSE(manifest.provides_component(modhost::ComponentKind::method, "mlp"));
}

TEST_CASE("Errors of a manifest tell line and column", "[plugin]") {
  CHECK_THAT(error_of("[plugin\nid = 3"), StartsWith("E-MANIFEST: plugin.toml:1:8: no valid TOML"));
  CHECK_THAT(error_of(replaced("version = \"0.4.1\"", "version = 4")),
             StartsWith("E-MANIFEST: plugin.toml:3:11: 'version' must be text"));
  CHECK_THAT(error_of(replaced("license", "licence")),
             StartsWith("E-MANIFEST: plugin.toml:5:1: unknown key 'licence' in [plugin]"));
  CHECK_THAT(error_of(replaced("models = [\"scl\", \"mlp\"]", "models = \"scl\"")),
             StartsWith("E-MANIFEST: plugin.toml:12:10: 'models' must be a list"));
}

TEST_CASE("Unknown keys and sections come with the nearest known one", "[plugin]") {
  CHECK_THAT(error_of(replaced("license", "licence")), Contains("did you mean 'license'?"));
  CHECK_THAT(error_of(replaced("[source]", "[sources]")), Contains("did you mean 'source'?"));
  CHECK_THAT(error_of(replaced("models", "model")), Contains("did you mean 'models'?"));
}

TEST_CASE("Mandatory fields must be there and say something", "[plugin]") {
  const auto [line, key] = GENERATE(table<std::string, std::string>({
      {"id = \"org.lab-a.scl\"\n", "id"},
      {"version = \"0.4.1\"\n", "version"},
      {"description = \"a learner\"\n", "description"},
      {"license = \"MIT\"\n", "license"},
      {"url = \"https://lab-a.org\"\n", "url"},
      {"repository = \"https://git.lab-a.org/scl\"\n", "repository"},
  }));
  CHECK_THAT(error_of(replaced(line, "")), Contains("'" + key + "' is missing in ["));
  CHECK_THAT(error_of(replaced(line, key + " = \" \"\n")), Contains("'" + key + "' is empty"));
}

TEST_CASE("Values of a manifest are checked", "[plugin]") {
  CHECK_THAT(error_of(replaced("org.lab-a.scl", "scl")), Contains("reverse domain"));
  CHECK_THAT(error_of(replaced("org.lab-a.scl", "../../etc")), Contains("reverse domain"));
  CHECK_THAT(error_of(replaced("0.4.1", "latest")), Contains("is not like '1.0.2'"));
  CHECK_THAT(error_of(replaced("\"MIT\"", "\"see file\\n\"")), Contains("SPDX"));
  CHECK_THAT(error_of(replaced("\"mlp\"", "\"M L P\"")), Contains("must consist of a-z"));
  CHECK_THAT(error_of(replaced("\"mlp\"", "\"scl\"")), Contains("'scl' is listed twice"));
  CHECK_THAT(error_of(replaced("url =", "kind = [\"dataset\"]\nurl =")),
             Contains("kind says 'dataset', but [provides] lists 'method, model'"));
  CHECK_THAT(error_of(replaced("[provides]", "[build]\nsdk = \"new\"\n[provides]")),
             Contains("is no version range"));
  CHECK_THAT(error_of(kGood + "[data]\ndownloads = [{url = \"https://x\", sha256 = \"12\"}]\n"),
             Contains("64 hexadecimal digits"));
  CHECK_THAT(error_of(kGood.substr(0, kGood.find("models"))), Contains("lists nothing"));
}

TEST_CASE("A manifest may say what its models take and its datasets give", "[plugin]") {
  CHECK(parse_manifest(kGood, "plugin.toml").fits.empty());
  const std::string text = kGood + "datasets = [\"digits\"]\n[fits]\n";
  const Manifest manifest = parse_manifest(
      text + "scl = \"panels->choice\"\ndigits = \"features,image -> classes , digits\"\n",
      "plugin.toml");
  CHECK(manifest.fits.size() == 2);
  CHECK(manifest.fits.at("scl").text() == "panels -> choice");
  CHECK(manifest.fits.at("digits").text() == "features, image -> classes, digits");
  CHECK(error_of(text + "slc = \"panels -> choice\"\n") ==
        "E-MANIFEST: plugin.toml:16:1: [fits] names 'slc', which is no model or dataset of "
        "[provides]; did you mean 'scl'?");
  CHECK_THAT(error_of(text + "prune = \"panels -> choice\"\n"),
             Contains("16:1: [fits] names 'prune', which is no model or dataset"));
  CHECK_THAT(error_of(text + "scl = \"panels -> choise\"\n"),
             Contains("16:7: unknown kind 'choise'; known are classes, digits, tokens, choice, "
                      "values, bits; did you mean 'choice'?"));
  CHECK_THAT(error_of(text + "scl = \"panels, -> choice\"\n"), Contains("unknown kind ''"));
  CHECK_THAT(error_of(text + "scl = \"panels\"\n"),
             Contains("16:7: 'panels' is not like 'features, image -> classes'"));
  CHECK_THAT(error_of(text + "scl = 3\n"), Contains("16:7: 'scl' must be text"));
}

TEST_CASE("a component has a summary of its own, else the plugin's description") {
  const Manifest manifest =
      parse_manifest(kGood + "[summary]\nscl = \"shared relations\"\n", "plugin.toml");
  CHECK(manifest.summary_of("scl") == "shared relations");
  CHECK(parse_manifest(kGood, "plugin.toml").summary_of("scl") == manifest.description);
  CHECK_THROWS_WITH(parse_manifest(kGood + "[summary]\nslc = \"x\"\n", "plugin.toml"),
                    Contains("[summary] names 'slc', which is no component of [provides]"));
}

TEST_CASE("Version ranges hold or do not", "[plugin]") {
  CHECK(version_fits("0.1.0", ">=0.1,<2"));
  CHECK(version_fits("1.9.9", ">=0.1, <2"));
  CHECK_FALSE(version_fits("2.0.0", ">=0.1,<2"));
  CHECK(version_fits("1.2.0", "==1.2"));
  CHECK_FALSE(version_fits("1.2.1", "==1.2"));
  for (const char* range : {"", "1.2", ">=", ">=1.x", ">=1,", "~1", ">=1.2.3.4"}) {
    INFO(range);
    CHECK_THROWS_AS(version_fits("1.0.0", range), modhost::Error);
  }
}
