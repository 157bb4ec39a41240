#include "modhost/option.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"

namespace {

using namespace modhost;

struct Sample : Options {
  Option<bool> flag{*this, "flag", false, "a flag"};
  Option<int64_t> count{*this, "count", 3, "a count", AtLeast{1}};
  Option<double> rate{*this, "rate", 0.5, "a rate", Range{0, 1}, Paper{"Somebody 2020"}};
  Option<double> tau{*this, "tau", 1.0, "a temperature", Above{0}};
  Option<std::string> mode{*this, "mode", "fast", "a mode", Choices{{"fast", "exact"}}};
  Option<std::vector<int64_t>> sizes{*this, "sizes", {800, 400}, "sizes", AtLeast{1}};
  Option<std::vector<double>> alphas{*this, "alphas", {}, "alphas"};
  Option<std::vector<std::string>> names{*this, "names", {"a"}, "names"};
  Option<std::vector<OptionTable>> parts{*this, "parts", {}, "parts"};
};

OptionValue typed(const std::string& text) {
  OptionValue value;
  value.value = text;
  value.origin = "command line";
  value.as_text = true;
  return value;
}

template <typename T>
OptionValue written(T content) {
  OptionValue value;
  value.value = content;
  value.origin = "a.toml:2:3";
  return value;
}

std::string message_of(const std::string& key, const OptionValue& value) {
  Sample sample;
  try {
    sample.assign("method", "sample", {{key, value}});
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

TEST_CASE("options start with their defaults and know that nobody set them") {
  const Sample sample;
  CHECK_FALSE(sample.flag());
  CHECK(sample.sizes() == std::vector<int64_t>{800, 400});
  CHECK_FALSE(sample.count.is_set());
  CHECK(sample.count.origin().empty());
  CHECK(sample.all().size() == 9);
}

TEST_CASE("options describe themselves") {
  const Sample sample;
  CHECK(sample.count.type_text() == "integer");
  CHECK(sample.count.allowed_text() == "at least 1");
  CHECK(sample.rate.allowed_text() == "0 .. 1");
  CHECK(sample.tau.allowed_text() == "above 0");
  CHECK(sample.mode.allowed_text() == "one of fast, exact");
  CHECK(sample.sizes.type_text() == "list of integers");
  CHECK(sample.rate.reference() == "Somebody 2020");
  CHECK(sample.sizes.default_text() == "[800, 400]");
  CHECK(sample.mode.default_text() == "\"fast\"");
}

TEST_CASE("texts of a command line are parsed by the option's own type") {
  Sample sample;
  sample.assign("method", "sample",
                {{"flag", typed("true")},
                 {"count", typed("12")},
                 {"rate", typed("1e-4")},
                 {"mode", typed("exact")},
                 {"sizes", typed("800, 400,200")},
                 {"alphas", typed("0.1,-2")},
                 {"names", typed("square,circle")}});
  CHECK(sample.flag());
  CHECK(sample.count() == 12);
  CHECK(sample.rate() == 1e-4);
  CHECK(sample.mode() == "exact");
  CHECK(sample.sizes() == std::vector<int64_t>{800, 400, 200});
  CHECK(sample.alphas() == std::vector<double>{0.1, -2});
  CHECK(sample.names() == std::vector<std::string>{"square", "circle"});
  CHECK(sample.count.origin() == "command line");
}

TEST_CASE("a list may be empty, in brackets, or a single value") {
  Sample sample;
  sample.assign("method", "sample", {{"sizes", typed("")}, {"names", typed("[a,b]")}});
  CHECK(sample.sizes().empty());
  CHECK(sample.names() == std::vector<std::string>{"a", "b"});
  sample.assign("method", "sample", {{"sizes", written(int64_t{5})}});
  CHECK(sample.sizes() == std::vector<int64_t>{5});
}

TEST_CASE("tables come as they are written and are told as TOML") {
  const OptionTable inner{{"deep", written(true)}, {"two words", written(0.5)}};
  const OptionTable table{{"kind", written(std::string("a \"b\""))},
                          {"sizes", written(OptionValue::List{written(int64_t{1})})},
                          {"table", written(inner)}};
  Sample sample;
  CHECK(sample.parts.type_text() == "list of tables");
  CHECK(sample.parts.default_text() == "[]");
  sample.assign("method", "sample", {{"parts", written(OptionValue::List{written(table)})}});
  REQUIRE(sample.parts().size() == 1);
  CHECK(std::get<std::string>(sample.parts()[0].at("kind").value) == "a \"b\"");
  CHECK(sample.parts()[0].at("kind").origin == "a.toml:2:3");
  CHECK(sample.parts.value_text() ==
        "[{kind = \"a \\\"b\\\"\", sizes = [1], table = {deep = true, \"two words\" = 0.5}}]");
  CHECK(message_of("count", written(inner)) ==
        "a.toml:2:3: option 'method.count' takes integer (at least 1), not {deep = true, \"two "
        "words\" = 0.5}");
  CHECK(message_of("parts", written(int64_t{1})) ==
        "a.toml:2:3: option 'method.parts' takes list of tables, not 1");
  CHECK(message_of("parts", typed("a")).find("tables can be written in a config file only") !=
        std::string::npos);
}

TEST_CASE("a whole number is a number") {
  Sample sample;
  sample.assign("method", "sample", {{"rate", written(int64_t{1})}});
  CHECK(sample.rate() == 1.0);
}

TEST_CASE("an unknown key is told with all keys and the nearest") {
  CHECK(message_of("rat", typed("1")) ==
        "command line: unknown option 'method.rat'; sample has: flag, count, rate, tau, mode, "
        "sizes, alphas, names, parts; did you mean 'method.rate'?");
}

TEST_CASE("a wrong type is told with what is needed and what was seen") {
  CHECK(message_of("count", typed("many")) ==
        "command line: option 'method.count' takes integer (at least 1), not 'many'");
  CHECK(message_of("count", written(1.5)) ==
        "a.toml:2:3: option 'method.count' takes integer (at least 1), not 1.5");
  CHECK(message_of("flag", typed("maybe")) ==
        "command line: option 'method.flag' takes true or false, not 'maybe'");
  CHECK(message_of("count", typed("12 ")).find("not '12 '") != std::string::npos);
  CHECK(message_of("count", typed("99999999999999999999")).find("takes integer") !=
        std::string::npos);
  CHECK(message_of("sizes", typed("1,,2")).find("takes list of integers") != std::string::npos);
  CHECK_FALSE(message_of("mode", written(int64_t{3})).empty());
}

TEST_CASE("a value out of range is told with the range") {
  CHECK(message_of("count", typed("0")) ==
        "command line: option 'method.count': 0 is not allowed; it must be at least 1");
  CHECK(message_of("rate", typed("1.5")) ==
        "command line: option 'method.rate': 1.5 is not allowed; it must be 0 .. 1");
  CHECK(message_of("tau", typed("0")) ==
        "command line: option 'method.tau': 0 is not allowed; it must be above 0");
  CHECK(message_of("rate", typed("nan")).find("not allowed") != std::string::npos);
  CHECK(message_of("sizes", typed("5,0")).find("0 is not allowed") != std::string::npos);
  CHECK(message_of("mode", typed("exakt")) ==
        "command line: option 'method.mode': 'exakt' is not one of fast, exact; did you mean "
        "'exact'?");
}

TEST_CASE("a refused value leaves the option as it was") {
  Sample sample;
  CHECK_THROWS_AS(sample.assign("method", "sample", {{"sizes", typed("5,0")}}), Error);
  CHECK(sample.sizes() == std::vector<int64_t>{800, 400});
  CHECK_FALSE(sample.sizes.is_set());
}

TEST_CASE("two options of one name are a mistake of the author") {
  struct Twice : Options {
    Option<bool> a{*this, "a", false, "one"};
    Option<bool> b{*this, "a", false, "two"};
  };
  CHECK_THROWS_WITH(Twice(), "option 'a' is declared twice");
}

TEST_CASE("the nearest name is a plausible slip or nothing") {
  CHECK(nearest("alfa", {"alpha", "beta"}) == "alpha");
  CHECK(nearest("lpaha", {"alpha", "beta"}) == "alpha");
  CHECK(nearest("epoch", {"epochs", "batch_size"}) == "epochs");
  CHECK(nearest("zebra", {"alpha", "epochs"}).empty());
  CHECK(nearest("", {"alpha"}).empty());
  CHECK(nearest("alpha", {}).empty());
  CHECK(did_you_mean("alfa", {"alpha"}) == "did you mean 'alpha'?");
  CHECK(did_you_mean("zebra", {"alpha"}).empty());
}

TEST_CASE("an error joins message and hint into one line") {
  CHECK(Error(ErrorCode::config, "a is wrong").full() == "a is wrong");
  CHECK(Error(ErrorCode::config, "a is wrong", "take b").full() == "a is wrong; take b");
  CHECK_THROWS_AS(check(false, ErrorCode::io, "no"), Error);
  CHECK_NOTHROW(check(true, ErrorCode::io, "no"));
  CHECK(join({"a", "b"}) == "a, b");
}

}  // namespace
