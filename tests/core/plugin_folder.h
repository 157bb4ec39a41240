// Copies of the good test plugin, to be damaged by a test.
#pragma once

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <regex>
#include <string>

#include "modhost/files.h"

// Copies the good plugin into `folder`/`name` and returns that folder.
inline std::filesystem::path copy_good_plugin(const std::filesystem::path& folder,
                                              const std::string& name = "good") {
  std::filesystem::create_directories(folder / name);
  for (const char* file : {"good.so", "plugin.toml"}) {
    std::filesystem::copy_file(std::filesystem::path(MODHOST_BAD_PLUGIN_DIR "/good") / file,
                               folder / name / file,
                               std::filesystem::copy_options::overwrite_existing);
  }
  return folder / name;
}

// Replaces each match of a regular expression in a file.
inline void edit_file(const std::filesystem::path& file, const std::string& pattern,
                      const std::string& replacement) {
  const std::string text = modhost::read_file(file);
  modhost::write_file_atomically(file, std::regex_replace(text, std::regex(pattern), replacement));
}

// Replaces bytes of a binary file by as many others, wherever they are.
inline void forge_bytes(const std::filesystem::path& file, const std::string& from,
                        const std::string& to) {
  std::string bytes = modhost::read_file(file);
  for (size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1)) {
    bytes.replace(at, from.size(), to);
  }
  modhost::write_file_atomically(file, bytes);
}

// The bytes of a library that the dynamic linker maps; behind them come only symbols and debug
// information. A shorter file is cut short.
inline size_t mapped_size(const std::string& library) {
  Elf64_Ehdr header;
  std::memcpy(&header, library.data(), sizeof header);
  size_t size = 0;
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, library.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_LOAD)
      size = std::max<size_t>(size, segment.p_offset + segment.p_filesz);
  }
  return size;
}
