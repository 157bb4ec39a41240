// ZIP archives of stored members, byte by byte, so that a test can lie in them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

class RawZip {
 public:
  // `claimed`: the unpacked size that the archive tells, if not the true one. `at`: the offset that
  // the central directory tells, if not that of this member.
  void add(const std::string& name, const std::string& content, int64_t claimed = -1,
           int64_t at = -1) {
    const auto size = static_cast<uint32_t>(claimed < 0 ? content.size() : claimed);
    const auto offset = static_cast<uint32_t>(at < 0 ? files_.size() : at);
    const std::string facts = u16(20) + u16(0) + u16(0) + u32(0x210000) + u32(crc(content)) +
                              u32(size) + u32(size) + u16(name.size()) + u16(0);
    files_ += "PK\x03\x04" + facts + name + content;
    directory_ +=
        "PK\x01\x02" + u16(20) + facts + u16(0) + u16(0) + u16(0) + u32(0) + u32(offset) + name;
    ++count_;
  }
  std::string bytes() const {
    return files_ + directory_ + "PK\x05\x06" + u16(0) + u16(0) + u16(count_) + u16(count_) +
           u32(directory_.size()) + u32(files_.size()) + u16(0);
  }

 private:
  static std::string little(uint64_t value, int width) {
    std::string out;
    for (int byte = 0; byte < width; ++byte) out += static_cast<char>(value >> (8 * byte));
    return out;
  }
  static std::string u16(uint64_t value) { return little(value, 2); }
  static std::string u32(uint64_t value) { return little(value, 4); }
  static uint32_t crc(const std::string& bytes) {
    uint32_t sum = ~uint32_t{0};
    for (const char byte : bytes) {
      sum ^= static_cast<unsigned char>(byte);
      for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320 : 0);
    }
    return ~sum;
  }

  std::string files_, directory_;
  uint64_t count_ = 0;
};
