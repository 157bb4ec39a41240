#include "plugin_names.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "modhost/error.h"
#include "modhost/files.h"

namespace {

using namespace modhost::core;

bool is_allowed(const std::string& name) {
  try {
    check_plugin_name(name);
    return true;
  } catch (const modhost::Error& error) {
    CHECK(error.code() == modhost::ErrorCode::usage);
    return false;
  }
}

// "EnsembleScope" -> "ensemble_scope"
std::string snake_case(const std::string& type) {
  std::string out;
  for (const char c : type) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && !out.empty()) out += '_';
    out += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

TEST_CASE("names of plugins are those of components") {
  for (const char* name : {"a", "my_net", "my-net-2", "3d", "class", "a-"}) {
    CHECK(is_allowed(name));
  }
  for (const char* name : {"", "My", "a b", "a/b", "../a", ".a", "-a", "_a", "a.b", "\xc3\xa4"}) {
    CHECK_FALSE(is_allowed(name));
  }
  CHECK(is_allowed(std::string(64, 'x')));
  CHECK_FALSE(is_allowed(std::string(65, 'x')));
}

TEST_CASE("classes are named after their plugin") {
  CHECK(class_name("my_net", "model") == "MyNet");
  CHECK(class_name("my-net-2", "model") == "MyNet2");
  CHECK(class_name("a--b_", "model") == "AB");
  CHECK(class_name("3-way", "model") == "Model3Way");
  CHECK(class_name("class", "dataset") == "Class");
  CHECK(class_name("layer", "method") == "LayerMethod");
}

// Without the namespaces inside modhost: a plugin may have a class Linear beside nn::Linear.
std::string without_inner_namespaces(std::string text) {
  for (const char* name : {"nn", "ops", "detail", "init", "joint", "decode"}) {
    const std::string begin = std::string("\nnamespace ") + name + " {\n";
    const std::string end = std::string("\n}  // namespace ") + name + "\n";
    for (size_t from = 0; (from = text.find(begin)) != std::string::npos;) {
      const size_t to = text.find(end, from);
      REQUIRE(to != std::string::npos);
      text.erase(from, to + end.size() - 1 - from);
    }
  }
  return text;
}

TEST_CASE("no class has the name of a type of the SDK") {
  const std::regex declaration(R"(\n(?:class|struct|enum class|using) ([A-Z]\w*))");
  const std::filesystem::path headers = MODHOST_TEST_DATA "/../../sdk/include/modhost";
  int types = 0;
  for (const auto& entry : std::filesystem::directory_iterator(headers)) {
    const std::string text = without_inner_namespaces(modhost::read_file(entry.path()));
    for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at) {
      const std::string type = (*at)[1];
      INFO(entry.path().string() << ": " << type);
      CHECK(class_name(snake_case(type), "model") != type);
      ++types;
    }
  }
  CHECK(types > 50);
}

}  // namespace
