#include "elf_file.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "modhost/error.h"

namespace modhost::core {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
#error "the plugin loader knows x86_64 and aarch64"
#endif

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::plugin, "E-ELF: '" + name + "' " + what);
}

uint32_t gnu_hash(std::string_view text) {
  uint32_t hash = 5381;
  for (const char c : text) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

uint32_t sysv_hash(std::string_view text) {
  uint32_t hash = 0;
  for (const char c : text) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    const uint32_t high = hash & 0xf0000000U;
    hash = (hash ^ (high >> 24)) & ~high;
  }
  return hash;
}

}  // namespace

template <typename T>
T ElfFile::read(uint64_t offset) const {
  T value{};
  if (offset <= bytes_.size() && sizeof(T) <= bytes_.size() - offset) {
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
  }
  return value;
}

ElfFile::ElfFile(std::string_view bytes, const std::string& name) : bytes_(bytes) {
  if (bytes.substr(0, SELFMAG) != ELFMAG) refuse(name, "is not a shared library (no ELF file)");
  const auto header = read<Elf64_Ehdr>(0);
  if (bytes.size() < sizeof header) refuse(name, "is cut short inside its header");
  if (header.e_ident[EI_CLASS] != ELFCLASS64) refuse(name, "is not a 64-bit library");
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) refuse(name, "is not a little-endian library");
  if (header.e_machine != kMachine) refuse(name, "was built for another processor");
  if (header.e_type == ET_EXEC) refuse(name, "is a program, not a shared library");
  if (header.e_type != ET_DYN) refuse(name, "is not a shared library (an object or core file)");
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0) {
    refuse(name, "has no valid program headers");
  }
  read_segments(name);
}

void ElfFile::read_segments(const std::string& name) {
  const auto header = read<Elf64_Ehdr>(0);
  const uint64_t size = bytes_.size();
  const uint64_t table_size = uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phoff > size || table_size > size - header.e_phoff) {
    refuse(name, "is cut short inside its program headers");
  }
  Elf64_Phdr dynamic{};
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto entry = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (entry.p_type == PT_INTERP) refuse(name, "is a program, not a shared library");
    if (entry.p_type != PT_LOAD && entry.p_type != PT_DYNAMIC) continue;
    if (entry.p_offset > size || entry.p_filesz > size - entry.p_offset) {
      refuse(name, "is cut short: it holds " + std::to_string(size) +
                       " bytes, but a segment begins at " + std::to_string(entry.p_offset) +
                       " and takes " + std::to_string(entry.p_filesz));
    }
    if (entry.p_type == PT_LOAD) {
      segments_.push_back({entry.p_vaddr, entry.p_offset, entry.p_filesz});
    } else {
      dynamic = entry;
    }
  }
  if (dynamic.p_filesz == 0) refuse(name, "has no dynamic section");
  read_dynamic(dynamic.p_offset, dynamic.p_filesz);
}

void ElfFile::read_dynamic(uint64_t offset, uint64_t size) {
  for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= size; at += sizeof(Elf64_Dyn)) {
    const auto entry = read<Elf64_Dyn>(offset + at);
    if (entry.d_tag == DT_NULL) return;
    if (entry.d_tag == DT_NEEDED) needed_.push_back(entry.d_un.d_val);
    if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) {
      run_path_.push_back(entry.d_un.d_val);
    }
    if (entry.d_tag == DT_FLAGS_1) stays_mapped_ = (entry.d_un.d_val & DF_1_NODELETE) != 0;
    if (entry.d_tag == DT_STRTAB) strings_ = offset_of(entry.d_un.d_ptr);
    if (entry.d_tag == DT_STRSZ) strings_size_ = entry.d_un.d_val;
    if (entry.d_tag == DT_SYMTAB) symbols_ = offset_of(entry.d_un.d_ptr);
    if (entry.d_tag == DT_GNU_HASH) gnu_hash_ = offset_of(entry.d_un.d_ptr);
    if (entry.d_tag == DT_HASH) sysv_hash_ = offset_of(entry.d_un.d_ptr);
  }
}

uint64_t ElfFile::offset_of(uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (address >= segment.address && address - segment.address < segment.size) {
      return segment.offset + (address - segment.address);
    }
  }
  return bytes_.size();
}

std::string_view ElfFile::string_at(uint64_t offset_in_table) const {
  if (offset_in_table >= strings_size_ || strings_ >= bytes_.size()) return {};
  std::string_view table = bytes_.substr(strings_, strings_size_);
  if (offset_in_table >= table.size()) return {};
  table.remove_prefix(offset_in_table);
  return table.substr(0, table.find('\0'));
}

bool ElfFile::symbol_is(uint64_t index, std::string_view symbol) const {
  const auto entry = read<Elf64_Sym>(symbols_ + index * sizeof(Elf64_Sym));
  return entry.st_shndx != SHN_UNDEF && string_at(entry.st_name) == symbol;
}

// Header: buckets, first hashed symbol, words of the Bloom filter, shift. Then the filter, the
// buckets, and one hash for each symbol; the last one of a bucket has its lowest bit set.
bool ElfFile::defines_by_gnu_hash(std::string_view symbol) const {
  const uint64_t buckets = read<uint32_t>(gnu_hash_);
  const uint64_t first = read<uint32_t>(gnu_hash_ + 4);
  const uint64_t filter_words = read<uint32_t>(gnu_hash_ + 8);
  if (buckets == 0) return false;
  const uint32_t hash = gnu_hash(symbol);
  const uint64_t bucket_table = gnu_hash_ + 16 + filter_words * 8;
  const uint64_t hash_table = bucket_table + buckets * 4;
  uint64_t index = read<uint32_t>(bucket_table + (hash % buckets) * 4);
  if (index < first) return false;
  for (; hash_table + (index - first) * 4 < bytes_.size(); ++index) {
    const auto candidate = read<uint32_t>(hash_table + (index - first) * 4);
    if ((candidate | 1U) == (hash | 1U) && symbol_is(index, symbol)) return true;
    if ((candidate & 1U) != 0) return false;
  }
  return false;
}

// Header: buckets, symbols. Then the buckets and the chain of each symbol.
bool ElfFile::defines_by_sysv_hash(std::string_view symbol) const {
  const uint64_t buckets = read<uint32_t>(sysv_hash_);
  // A damaged chain may go round in circles; no file holds more symbols than fit into it.
  const uint64_t symbols =
      std::min<uint64_t>(read<uint32_t>(sysv_hash_ + 4), bytes_.size() / sizeof(Elf64_Sym));
  if (buckets == 0) return false;
  uint64_t index = read<uint32_t>(sysv_hash_ + 8 + (sysv_hash(symbol) % buckets) * 4);
  for (uint64_t steps = 0; index != 0 && steps < symbols; ++steps) {
    if (symbol_is(index, symbol)) return true;
    index = read<uint32_t>(sysv_hash_ + 8 + (buckets + index) * 4);
    if (index >= symbols) return false;
  }
  return false;
}

bool ElfFile::defines(std::string_view symbol) const {
  if (gnu_hash_ != 0) return defines_by_gnu_hash(symbol);
  return sysv_hash_ != 0 && defines_by_sysv_hash(symbol);
}

std::vector<std::string> ElfFile::needed() const {
  std::vector<std::string> out;
  for (const uint64_t offset : needed_) out.emplace_back(string_at(offset));
  return out;
}

// The dynamic section does not tell; the hash tables do.
uint64_t ElfFile::symbol_count() const {
  const uint64_t most = bytes_.size() / sizeof(Elf64_Sym);
  if (gnu_hash_ == 0) return std::min<uint64_t>(read<uint32_t>(sysv_hash_ + 4), most);
  const uint64_t buckets = read<uint32_t>(gnu_hash_);
  const uint64_t first = read<uint32_t>(gnu_hash_ + 4);
  const uint64_t bucket_table = gnu_hash_ + 16 + uint64_t{read<uint32_t>(gnu_hash_ + 8)} * 8;
  const uint64_t hash_table = bucket_table + buckets * 4;
  uint64_t last = 0;
  for (uint64_t bucket = 0; bucket < std::min(buckets, most); ++bucket) {
    last = std::max<uint64_t>(last, read<uint32_t>(bucket_table + bucket * 4));
  }
  if (last < first) return first;
  while (last < most && (read<uint32_t>(hash_table + (last - first) * 4) & 1U) == 0) ++last;
  return std::min(last + 1, most);
}

std::vector<std::string> ElfFile::exports() const {
  std::vector<std::string> out;
  if (gnu_hash_ == 0 && sysv_hash_ == 0) return out;
  for (uint64_t index = 1; index < symbol_count(); ++index) {
    const auto entry = read<Elf64_Sym>(symbols_ + index * sizeof(Elf64_Sym));
    const bool is_local = ELF64_ST_BIND(entry.st_info) == STB_LOCAL;
    if (entry.st_shndx != SHN_UNDEF && !is_local) out.emplace_back(string_at(entry.st_name));
  }
  return out;
}

std::vector<std::string> ElfFile::run_path() const {
  std::vector<std::string> out;
  for (const uint64_t offset : run_path_) {
    std::string_view folders = string_at(offset);
    while (!folders.empty()) {
      const size_t end = std::min(folders.find(':'), folders.size());
      if (end > 0) out.emplace_back(folders.substr(0, end));
      folders.remove_prefix(std::min(end + 1, folders.size()));
    }
  }
  return out;
}

}  // namespace modhost::core
