// A check of shared libraries before the dynamic linker sees them: it dies of a file that was cut
// short (SIGBUS) and runs the constructors of a library that turns out to be no plugin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modhost::core {

// Looks at the bytes of a whole file, which must outlive this object. Never reads outside of them.
class ElfFile {
 public:
  // Error(plugin) "E-ELF: ..." unless the bytes are a complete shared library for this machine.
  // `name` is used in messages.
  ElfFile(std::string_view bytes, const std::string& name);

  // Whether the library itself defines the dynamic symbol.
  bool defines(std::string_view symbol) const;

  // File names of the libraries that it links, in order.
  std::vector<std::string> needed() const;

  // The dynamic symbols that it defines for others, in the order of the file.
  std::vector<std::string> exports() const;

  // The folders of DT_RUNPATH and DT_RPATH.
  std::vector<std::string> run_path() const;

  // Whether it is never unmapped (-z nodelete).
  bool stays_mapped() const { return stays_mapped_; }

 private:
  struct Segment {
    uint64_t address, offset, size;  // as mapped from the file
  };

  void read_segments(const std::string& name);
  void read_dynamic(uint64_t offset, uint64_t size);
  // The offset in the file of a virtual address, or the file's size when it is not from the file.
  uint64_t offset_of(uint64_t address) const;
  std::string_view string_at(uint64_t offset_in_table) const;
  bool symbol_is(uint64_t index, std::string_view symbol) const;
  uint64_t symbol_count() const;
  bool defines_by_gnu_hash(std::string_view symbol) const;
  bool defines_by_sysv_hash(std::string_view symbol) const;

  // A copy of the T at `offset`, zeros when it does not lie inside the file.
  template <typename T>
  T read(uint64_t offset) const;

  std::string_view bytes_;
  std::vector<Segment> segments_;
  std::vector<uint64_t> needed_, run_path_;  // offsets in the string table
  bool stays_mapped_ = false;
  uint64_t strings_ = 0, strings_size_ = 0, symbols_ = 0, gnu_hash_ = 0, sysv_hash_ = 0;
};

}  // namespace modhost::core
