// Fingerprints: reading the mark, and saying in words where two builds differ.
#include "build_info.h"

#include <catch2/catch.hpp>
#include <regex>

#include "build_compare.h"

using namespace modhost::core;  // NOLINT: the subject of this file

namespace {

// The host's fingerprint with one field changed.
BuildInfo host_with(const std::string& key, const std::string& value) {
  const std::string text = std::regex_replace(
      host_build_info().text(), std::regex("([{;])" + key + "=[^;]*"), "$1" + key + "=" + value);
  REQUIRE(text != host_build_info().text());
  const std::optional<BuildInfo> info = BuildInfo::parse(text);
  REQUIRE(info.has_value());
  return *info;
}

std::string mark(const std::string& fields) { return "MODHOST-BUILD" + ("{" + fields) + "}"; }

}  // namespace

TEST_CASE("The host knows its own build", "[plugin]") {
  const BuildInfo& host = host_build_info();
  for (const char* key :
       {"sdk_abi",    "sdk_version", "sdk_headers", "torch",      "cxx11abi", "stdlib", "debug_stl",
        "sanitizers", "rtti",        "exceptions",  "arch",       "os",       "libc",   "isa",
        "compiler",   "cxxstd",      "openmp",      "build_type", "ndebug",   "source"}) {
    INFO(key);
    CHECK_FALSE(host.get(key).empty());
  }
  CHECK(compare_builds(host, host).empty());
  CHECK(host.get("no_such_field").empty());
}

TEST_CASE("The ABI tag joins what must agree", "[plugin]") {
  const auto info = BuildInfo::parse(mark(
      "sdk_abi=1;torch=2.8.0+cpu;cxx11abi=1;stdlib=libstdcxx;arch=x86_64;os=linux;libc=glibc;"));
  REQUIRE(info);
  CHECK(info->abi_tag() == "mh1-torch2.8.0-cxx11-libstdcxx-x86_64-linux-glibc");
}

TEST_CASE("Each field that differs is said in words with both values", "[plugin]") {
  const auto [key, forged, words, shown, severity] =
      GENERATE(table<const char*, const char*, const char*, const char*, Severity>({
          {"sdk_abi", "2", "SDK ABI", "2", Severity::exact},
          {"sdk_version", "0.9.0", "SDK version", "0.9.0", Severity::exact},
          {"sdk_version", "0.0.9", "SDK version", "0.0.9", Severity::info},
          {"sdk_headers", "0123456789ab", "SDK headers", "0123456789ab", Severity::exact},
          {"torch", "2.6.0+cpu", "LibTorch", "2.6.0+cpu", Severity::exact},
          {"cxx11abi", "0", "std::string", "old (cxx11abi=0)", Severity::exact},
          {"stdlib", "libcxx", "standard library", "libcxx", Severity::exact},
          {"debug_stl", "1", "_GLIBCXX_DEBUG", "1", Severity::exact},
          {"sanitizers", "thread", "sanitizers", "thread", Severity::exact},
          {"rtti", "0", "RTTI", "0", Severity::exact},
          {"exceptions", "0", "exceptions", "0", Severity::exact},
          {"arch", "riscv64", "processor", "riscv64", Severity::exact},
          {"os", "plan9", "system", "plan9", Severity::exact},
          {"libc", "musl", "C library", "musl", Severity::exact},
          {"compiler", "clang-15.0", "compiler", "clang-15.0", Severity::warn},
          {"cxxstd", "23", "C++ standard", "23", Severity::warn},
          {"build_type", "Coverage", "build type", "Coverage", Severity::info},
      }));
  INFO(key << "=" << forged);
  const auto differences = compare_builds(host_with(key, forged), host_build_info());
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].words == words);
  CHECK(differences[0].plugin == shown);
  CHECK(differences[0].host.find(host_build_info().get(key)) != std::string::npos);
  CHECK(differences[0].severity == severity);
  CHECK(is_compatible(differences) == (severity != Severity::exact));
  const std::string lines = difference_lines(differences, severity);
  CHECK(lines.find(words) != std::string::npos);
  CHECK(lines.find("plugin " + std::string(shown)) != std::string::npos);
  CHECK(lines.find("this host " + differences[0].host) != std::string::npos);
}

TEST_CASE("A plugin that needs CUDA does not fit a host without, the reverse does", "[plugin]") {
  const std::string torch = host_build_info().get("torch");
  const std::string version = torch.substr(0, torch.find('+'));
  const BuildInfo host = *BuildInfo::parse(mark("sdk_abi=1;torch=" + version + "+cpu;"));
  const BuildInfo cuda = *BuildInfo::parse(mark("sdk_abi=1;torch=" + version + "+cuda;"));
  CHECK_FALSE(is_compatible(compare_builds(cuda, host)));
  CHECK(is_compatible(compare_builds(host, cuda)));
}

TEST_CASE("A field that an old plugin does not have differs", "[plugin]") {
  const auto differences = compare_builds(*BuildInfo::parse(mark("sdk_abi=1;")), host_build_info());
  CHECK_FALSE(is_compatible(differences));
  CHECK(incompatible_fields(differences).find("LibTorch") != std::string::npos);
}

TEST_CASE("Instructions count by the processor, not by the host's build", "[plugin]") {
  const BuildInfo plugin = *BuildInfo::parse(mark("sdk_abi=1;isa=avx,avx2,avx512f,base;"));
  CHECK(missing_instructions(plugin, {"avx", "avx2"}) == std::vector<std::string>{"avx512f"});
  CHECK(missing_instructions(plugin, {"avx", "avx2", "avx512f"}).empty());
  CHECK(missing_instructions(host_build_info(), processor_instructions()).empty());
}

TEST_CASE("A mark is found between other bytes", "[plugin]") {
  const std::string bytes = std::string(
                                "\x7f"
                                "ELF\0\0",
                                6) +
                            mark("sdk_abi=7;x=y;") + "rest";
  const auto info = find_build_info(bytes);
  REQUIRE(info);
  CHECK(info->get("sdk_abi") == "7");
  CHECK(info->get("x") == "y");
}

TEST_CASE("Forged and damaged marks are refused", "[plugin]") {
  CHECK_FALSE(find_build_info(""));
  CHECK_FALSE(find_build_info("MODHOST-BUILD"));
  CHECK_FALSE(find_build_info("MODHOST-BUILD{"));
  CHECK_FALSE(find_build_info("MODHOST-BUILD{sdk_abi=1;"));
  CHECK_FALSE(find_build_info(mark("")));
  CHECK_FALSE(find_build_info(mark("sdk_abi=1")));             // no ';'
  CHECK_FALSE(find_build_info(mark("sdk_abi=;")));             // no value
  CHECK_FALSE(find_build_info(mark("=1;sdk_abi=1;")));         // no key
  CHECK_FALSE(find_build_info(mark("torch=1;")));              // no ABI
  CHECK_FALSE(find_build_info(mark("sdk_abi=1;sdk_abi=2;")));  // twice
  CHECK_FALSE(find_build_info(mark("sdk_abi=1;x=\x01;")));     // unprintable
  CHECK_FALSE(find_build_info(mark("sdk_abi=1;x=" + std::string(5000, 'y') + ";")));
  CHECK_FALSE(find_build_info(mark("sdk_abi=1;") + mark("sdk_abi=2;")));  // which one?
  CHECK(find_build_info(mark("sdk_abi=1;") + mark("sdk_abi=1;")));
  CHECK(find_build_info("MODHOST-BUILD{MODHOST-BUILD{sdk_abi=1;}"));
}
