#include "config_file.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "modhost/error.h"
#include "run_options.h"
#include "test_folder.h"

namespace {

using namespace modhost;
using namespace modhost::core;

constexpr const char* kConfig = R"(# a real config
[method]
name = "diffmask"
alpha = 1e-4
tasks = ["square", "circle"]

[model]
name = "scl"
hidden = [64, 32, 5]

[run]
seed = 7
threads = 1
)";

std::string message_of(const std::string& text) {
  try {
    parse_config(text, "a.toml");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

TEST_CASE("a config file becomes settings that know where each value stands") {
  const Settings settings = parse_config(kConfig, "a.toml");
  CHECK(component_name(settings, "method") == "diffmask");
  const OptionValue& alpha = settings.at("method").at("alpha");
  CHECK(std::get<double>(alpha.value) == 1e-4);
  CHECK(alpha.origin == "a.toml:4:9");
  CHECK(value_text(settings.at("model").at("hidden")) == "[64, 32, 5]");
  CHECK(std::get<int64_t>(settings.at("run").at("seed").value) == 7);
}

TEST_CASE("the name of a component is no option") {
  const Settings settings = parse_config(kConfig, "a.toml");
  CHECK(options_of(settings, "method").count("name") == 0);
  CHECK(options_of(settings, "method").count("alpha") == 1);
  CHECK(options_of(settings, "dataset").empty());
}

TEST_CASE("an unknown section is refused with its place and the nearest one") {
  CHECK(message_of("[methods]\na = 1\n") ==
        "a.toml:1:2: unknown section 'methods'; a config has the sections model, dataset, method, "
        "mask, train, run; did you mean 'method'?");
}

TEST_CASE("a key outside of all sections is refused") {
  CHECK(message_of("alpha = 1\n") ==
        "a.toml:1:1: unknown key outside of all sections 'alpha'; a config has the sections model, "
        "dataset, method, mask, train, run");
  CHECK(message_of("method = \"diffmask\"\n") ==
        "a.toml:1:1: 'method' is a section, not a key; write [method] and below it its options");
}

TEST_CASE("values that no option can have are refused") {
  CHECK(message_of("[run]\nseed = 2020-01-01\n") ==
        "a.toml:2:8: 'run.seed' is a date or time; an option takes a number, a text, true or "
        "false, a table, or a list of them");
}

TEST_CASE("a syntax error gives one line with its place") {
  for (const char* text : {"[method\n", "[method]\nalpha = \n", "[method]\nalpha = 1\nalpha = 2\n",
                           "[method]\nname = \"\xff\xfe\"\n", "[method]\nname = \"abc"}) {
    const std::string message = message_of(text);
    INFO(message);
    CHECK(message.find("a.toml:") == 0);
    CHECK(message.find("this is no TOML") != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("a config file that cannot be read is named") {
  const TestFolder folder;
  const auto message = [](const std::filesystem::path& path) {
    try {
      read_config(path);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::config);
      return error.full();
    }
    return std::string();
  };
  CHECK(message(folder.path() / "none.toml") == "config file: cannot read '" +
                                                    (folder.path() / "none.toml").string() +
                                                    "': No such file or directory");
  CHECK(message(folder.path()) ==
        "config file: cannot read '" + folder.path().string() + "': Is a directory");
}

TEST_CASE("a component's name must be a text") {
  const Settings settings = parse_config("[model]\nname = 3\n", "a.toml");
  CHECK_THROWS_WITH(component_name(settings, "model"),
                    "a.toml:2:8: 'model.name' takes the name of a model, not 3");
}

// Whether `parse` throws; what it throws must be one line that puts the blame on the config.
template <typename F>
bool is_refused(const F& parse) {
  try {
    parse();
    return false;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    CHECK(error.full().find('\n') == std::string::npos);
    return true;
  }
}

TEST_CASE("a config cut off anywhere is read or refused by an Error") {
  const std::string whole = kConfig;
  int refused = 0;
  for (size_t length = 0; length < whole.size(); ++length) {
    refused += is_refused([&] { parse_config(whole.substr(0, length), "a.toml"); });
  }
  CHECK(refused > 0);
}

TEST_CASE("letters beyond ASCII are no blanks") {
  // U+00E9, U+0394 and U+2100 where a blank or a name could stand
  for (const std::string letter : {"\xC3\xA9", "\xCE\x94", "\xE2\x84\x80"}) {
    CHECK(is_refused([&] { parse_config("[" + letter + "run]\nseed = 1\n", "a.toml"); }));
    CHECK(is_refused([&] { parse_config("[run]\nseed = " + letter + "1\n", "a.toml"); }));
  }
}

TEST_CASE("random damage to a config is read or refused by an Error") {
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = kConfig;
    const int changes = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < changes; ++i) text[random() % text.size()] = static_cast<char>(random());
    refused += is_refused([&] {
      RunOptions options;
      options.assign("run", "[run]", options_of(parse_config(text, "a.toml"), "run"));
    });
  }
  CHECK(refused > 0);
}

TEST_CASE("random bytes are refused by an Error") {
  std::mt19937 random(2);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    refused += is_refused([&] { parse_config(text, "a.toml"); });
  }
  CHECK(refused > 0);
}

TEST_CASE("deeply nested lists do not exhaust the stack") {
  const std::string text = "[run]\nseed = " + std::string(100000, '[');
  CHECK_FALSE(message_of(text).empty());
}

}  // namespace
