// The ELF check must judge any bytes without reading outside of them; run it under asan as well.
#include "elf_file.h"

#include <catch2/catch.hpp>
#include <random>

#include "candidate.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "plugin_folder.h"

using namespace modhost::core;  // NOLINT: the subject of this file
using Catch::Contains;
using modhost::read_file;

namespace {

std::string good_library() { return read_file(MODHOST_BAD_PLUGIN_DIR "/good/good.so"); }

// Asks everything; whether it throws does not matter, that it returns does.
bool survives(std::string_view bytes) {
  try {
    const ElfFile elf(bytes, "x.so");
    elf.needed();
    return elf.defines(kEntrySymbol);
  } catch (const modhost::Error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("A plugin passes the ELF check", "[plugin]") {
  const std::string bytes = good_library();
  const ElfFile elf(bytes, "good.so");
  CHECK(elf.defines(kEntrySymbol));
  CHECK(elf.defines("modhost_build_info"));
  CHECK_FALSE(elf.defines("modhost_manifest_text"));  // a plugin exports two symbols
  CHECK_FALSE(elf.defines("malloc"));                 // imported at most
  CHECK_FALSE(elf.defines(""));
  CHECK_THAT(modhost::join(elf.needed()), Contains("libmodhost_sdk.so"));
}

TEST_CASE("A library without sections at its end is complete", "[plugin]") {
  // Section headers come last and the dynamic linker does not need them.
  std::string bytes = good_library();
  bytes.resize(mapped_size(bytes));
  CHECK(ElfFile(bytes, "good.so").defines(kEntrySymbol));
}

TEST_CASE("A library that was cut short is refused at every length", "[plugin]") {
  const std::string bytes = good_library();
  size_t refused = 0, tried = 0;
  for (size_t length = 0; length < mapped_size(bytes); length += 37, ++tried) {
    refused += !survives(std::string_view(bytes).substr(0, length));
  }
  CHECK(refused == tried);
  CHECK_THROWS_WITH(ElfFile(std::string_view(bytes).substr(0, 100), "x.so"),
                    Contains("E-ELF: 'x.so' is cut short"));
}

TEST_CASE("Flipped bytes never make the ELF check crash", "[plugin]") {
  const std::string bytes = good_library();
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string flipped = bytes;
    for (int i = 0; i < 4; ++i) {
      // Half of the flips hit the headers, where they hurt.
      const size_t range = round % 2 == 0 ? std::min<size_t>(1500, bytes.size()) : bytes.size();
      flipped[random() % range] = static_cast<char>(random());
    }
    refused += !survives(flipped);
  }
  CHECK(refused > 0);
}

TEST_CASE("What is no shared library is named", "[plugin]") {
  CHECK_THROWS_WITH(ElfFile("", "x.so"), Contains("'x.so' is not a shared library"));
  CHECK_THROWS_WITH(ElfFile("hello", "x.so"), Contains("is not a shared library"));
  const std::string program = read_file("/proc/self/exe");
  CHECK_THROWS_WITH(ElfFile(program, "x.so"), Contains("is a program"));

  std::string bytes = good_library();
  bytes[4] = 1;
  CHECK_THROWS_WITH(ElfFile(bytes, "x.so"), Contains("is not a 64-bit library"));
  bytes = good_library();
  bytes[5] = 2;
  CHECK_THROWS_WITH(ElfFile(bytes, "x.so"), Contains("is not a little-endian library"));
  bytes = good_library();
  bytes[18] = 40;  // ARM
  CHECK_THROWS_WITH(ElfFile(bytes, "x.so"), Contains("was built for another processor"));
}
