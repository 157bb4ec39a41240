// Weight files that lie: refused in one line, in little memory.
#include <sys/resource.h>
#include <torch/types.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "../core/test_folder.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"
#include "modhost/random.h"
#include "modhost/weights_file.h"
#include "raw_zip.h"
#include "zip_archive.h"

using namespace modhost;
using Catch::Contains;
using namespace std::string_literals;

namespace {

const std::string kData = MODHOST_TEST_DATA "/weights/";

// The most memory that this process has had, in MiB.
int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// One weight file after the other under the same name.
class Scratch {
 public:
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  std::filesystem::path path() const { return folder_.path() / "x"; }

  // What is said to the file, or "" when it is read.
  std::string refusal(const std::string& bytes) const {
    write(bytes);
    try {
      for (const auto& [name, tensor] : read_weights(path()).tensors) touch(tensor);
    } catch (const Error& error) {
      const bool is_about_file = error.code() == ErrorCode::data || error.code() == ErrorCode::io;
      CHECK(is_about_file);
      CHECK(error.full().find('\n') == std::string::npos);
      return error.full();
    }
    return "";
  }

 private:
  // Looks at every element, so that memory that is not there would be noticed.
  static void touch(const Tensor& tensor) {
    REQUIRE(tensor.numel() < int64_t{1} << 27);
    tensor.to(torch::kFloat64).sum();
  }

  TestFolder folder_;
};

std::string text(const std::string& word) {
  return "X" + std::string(1, static_cast<char>(word.size())) + "\0\0\0"s + word;
}
std::string integer(int64_t value) {
  std::string out = "\x8a\x08";
  for (int byte = 0; byte < 8; ++byte) out += static_cast<char>(value >> (8 * byte));
  return out;
}
std::string tuple(const std::vector<int64_t>& values) {
  std::string out = "(";
  for (const int64_t value : values) out += integer(value);
  return out + "t";
}
std::string storage(int64_t elements, const std::string& key = "0",
                    const std::string& type = "FloatStorage") {
  return "(" + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cpu") +
         integer(elements) + "tQ";
}
std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& size,
                   const std::vector<int64_t>& stride) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(offset) + tuple(size) +
         tuple(stride) + "\x89}tR";
}
std::string dict(const std::string& items) { return "\x80\x02}(" + items + "u."; }

// A file of torch.save with this pickle and one storage of 24 bytes.
std::string archive(const std::string& pickle) {
  RawZip zip;
  zip.add("a/data.pkl", pickle);
  zip.add("a/data/0", std::string(24, '\x01'));
  return zip.bytes();
}

std::string with_tensor(int64_t claimed, int64_t offset, const std::vector<int64_t>& size,
                        const std::vector<int64_t>& stride) {
  return archive(dict(text("w") + tensor(storage(claimed), offset, size, stride)));
}

// The data.pkl of a file and its other members.
struct Opened {
  std::string prefix, pickle;
  std::vector<std::pair<std::string, std::string>> others;

  explicit Opened(const std::filesystem::path& path) {
    const modhost::detail::ZipArchive zip(path, modhost::detail::zip_limits_for(path));
    for (size_t i = 0; i < zip.members().size(); ++i) {
      const std::string& name = zip.members()[i].name;
      if (name.find("/data.pkl") == std::string::npos) {
        others.emplace_back(name, zip.read(i));
      } else {
        prefix = name;
        pickle = zip.read(i);
      }
    }
  }
  std::string with(const std::string& changed) const {
    RawZip zip;
    zip.add(prefix, changed);
    for (const auto& [name, content] : others) zip.add(name, content);
    return zip.bytes();
  }
};

}  // namespace

TEST_CASE("views that stay in their storage are read", "[weights][hostile]") {
  const Scratch scratch;
  CHECK(scratch.refusal(with_tensor(6, 0, {2, 3}, {3, 1})).empty());
  CHECK(scratch.refusal(with_tensor(6, 5, {1}, {1000})).empty());
  CHECK(scratch.refusal(with_tensor(6, 2, {2, 2}, {2, 1})).empty());
  CHECK(scratch.refusal(with_tensor(6, 0, {1000, 2}, {0, 1})).empty());
  CHECK(scratch.refusal(with_tensor(6, 6, {0, 7}, {7, 1})).empty());
}

TEST_CASE("views beyond their storage, backwards or too large are refused", "[weights][hostile]") {
  const Scratch scratch;
  const int64_t huge = int64_t{1} << 62;
  CHECK_THAT(
      scratch.refusal(with_tensor(6, 0, {7}, {1})),
      Contains("a tensor of shape [7] and strides [1] at offset 0 goes beyond its storage of "
               "6 elements"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 6, {1}, {1})), Contains("goes beyond"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {2, 3}, {4, 1})), Contains("goes beyond"));
  CHECK_THAT(scratch.refusal(with_tensor(7, 0, {7}, {1})), Contains("goes beyond"));  // a lie
  CHECK_THAT(scratch.refusal(with_tensor(6, huge, {1}, {1})), Contains("goes beyond"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {3, 3}, {huge, huge})), Contains("goes beyond"));
  CHECK_THAT(scratch.refusal(with_tensor(6, -1, {1}, {1})), Contains("negative"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {-6}, {1})), Contains("negative size"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 5, {6}, {-1})), Contains("negative stride"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {huge, 4}, {0, 0})), Contains("too large"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {1 << 30}, {0})), Contains("far more memory"));
  CHECK_THAT(scratch.refusal(with_tensor(-6, 0, {1}, {1})), Contains("no size"));
  CHECK_THAT(scratch.refusal(with_tensor(huge, 0, {1}, {1})), Contains("no size"));
  CHECK_THAT(
      scratch.refusal(with_tensor(6, 0, std::vector<int64_t>(65, 1), std::vector<int64_t>(65, 1))),
      Contains("no offset, size and stride"));
  CHECK_THAT(scratch.refusal(with_tensor(6, 0, {2, 3}, {1})), Contains("no offset, size"));
}

TEST_CASE("many views of one storage cannot claim memory without end", "[weights][hostile]") {
  std::string items;
  const std::string one = tensor(storage(6), 0, {1 << 24}, {0});
  for (int i = 0; i < 60; ++i) items += text("w" + std::to_string(i)) + one;
  CHECK_THAT(Scratch().refusal(archive(dict(items))), Contains("far more memory"));
}

TEST_CASE("storages of other types, missing ones and other ids are told", "[weights][hostile]") {
  const Scratch scratch;
  const auto with = [&](const std::string& storage) {
    return scratch.refusal(archive(dict(text("w") + tensor(storage, 0, {1}, {1}))));
  };
  CHECK(with(storage(6)).empty());
  CHECK_THAT(with(storage(6, "1")), Contains("member 'data/1' is missing"));
  CHECK_THAT(with(storage(6, "../data.pkl")), Contains("is missing"));
  CHECK_THAT(with(storage(6, std::string(120, 'k'))), Contains("no name"));
  CHECK_THAT(with(storage(6, "0", "Evil\x1b[2J")), Contains("unknown type 'Evil?[2J'"));
  CHECK_THAT(with(text("x") + "Q"), Contains("no storage"));
  CHECK_THAT(with("N"), Contains("no storage"));
  CHECK_THAT(with("ctorch.storage\n_load_from_bytes\nC\x04none\x85R"),
             Contains("in no format of PyTorch"));
}

TEST_CASE("archives that claim more than they are get refused", "[weights][hostile]") {
  const Scratch scratch;
  const std::string pickle = dict(text("w") + tensor(storage(6), 0, {6}, {1}));
  RawZip longer;
  longer.add("a/data.pkl", pickle);
  longer.add("a/data/0", std::string(24, '\0'), 4'000'000'000);
  CHECK_THAT(scratch.refusal(longer.bytes()), Contains("claim"));
  RawZip overlapping;
  overlapping.add("a/data.pkl", pickle);
  overlapping.add("a/data/0", std::string(100'000, '\0'));
  for (int i = 1; i < 50; ++i) {
    overlapping.add("a/data/" + std::to_string(i), "", 100'000, 60 + pickle.size());
  }
  CHECK_THAT(scratch.refusal(overlapping.bytes()), Contains("claim more bytes than the file has"));
  RawZip twice;
  for (int i = 0; i < 2; ++i) twice.add("a/data.pkl", pickle);
  CHECK_THAT(scratch.refusal(twice.bytes()), Contains("occurs twice"));
  RawZip big_endian;
  big_endian.add("a/data.pkl", pickle);
  big_endian.add("a/byteorder", "big");
  CHECK_THAT(scratch.refusal(big_endian.bytes()), Contains("big-endian"));
}

TEST_CASE("a deflated bomb is refused before it is unpacked", "[weights][hostile]") {
  const Scratch scratch;
  NpzArrays bomb;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    bomb.emplace(name, make_npy<uint8_t>({1 << 26}, std::vector<uint8_t>(1 << 26)));
  }
  write_npz(scratch.path(), bomb, NpzPacking::deflated);
  bomb.clear();
  const std::string bytes = read_file(scratch.path());
  CHECK(bytes.size() < 400'000);  // for 320 MiB
  CHECK_THAT(scratch.refusal(bytes), Contains("claims") && Contains("are allowed"));
}

TEST_CASE("pickles that repeat themselves without end are refused", "[weights][hostile]") {
  const Scratch scratch;
  // Each dict holds the one before twice: 2^60 paths to one tensor.
  std::string laughs = "\x80\x02" + tensor(storage(6), 0, {6}, {1}) + "q\0"s;
  for (char level = 1; level <= 60; ++level) {
    const std::string before = "h"s + static_cast<char>(level - 1);
    laughs += "}(" + text("a") + before + text("b") + before + "uq"s + level;
  }
  CHECK_THAT(scratch.refusal(archive(laughs + ".")), Contains("and 65526 more"));
  CHECK_THROWS_WITH(read_weights(scratch.path(), "/"), Contains("more than 65,536 tensors"));
  // A dict that holds itself, beside a tensor and alone.
  const std::string own = "\x80\x02}q\0("s + text("a") + "h\0"s + text("b") + "h\0"s;
  CHECK_THAT(scratch.refusal(archive(own + "u.")), Contains("holds no tensors"));
  scratch.refusal(archive(own + text("w") + tensor(storage(6), 0, {6}, {1}) + "u."));
  // Nested deeper than any checkpoint.
  std::string deep = "\x80\x02" + tensor(storage(6), 0, {6}, {1}) + std::string(100'000, '\x85');
  CHECK_THAT(scratch.refusal(archive(deep + ".")), Contains("holds no tensors"));
  // One name of many bytes, kept once and used at every level.
  std::string name = "\x80\x02X\0\0\x10\0"s + std::string(1 << 20, 'n') + "q\0"s +
                     tensor(storage(6), 0, {6}, {1}) + "q\1";
  for (char level = 2; level < 50; ++level) {
    name += "}(h\0h"s + static_cast<char>(level - 1) + "uq" + level;
  }
  CHECK_THAT(scratch.refusal(archive(name + ".")), Contains("names of more than 1000 bytes"));
}

TEST_CASE("arrays whose bytes are not their shape are refused", "[weights][hostile]") {
  const Scratch scratch;
  const auto array = [&](const std::vector<int64_t>& shape, const std::string& type,
                         const std::string& bytes) {
    const std::string dtype = "cnumpy\ndtype\n" + text(type) + "\x85R(K\x03" + text("<") + "tb";
    return dict(
        text("w") + "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n)C\x01\x62\x87R(K\x01" +
        tuple(shape) + dtype + "\x89" + "C" + static_cast<char>(bytes.size()) + bytes + "tb");
  };
  CHECK(scratch.refusal(array({2}, "f4", "12345678")).empty());
  CHECK_THAT(scratch.refusal(array({3}, "f4", "12345678")), Contains("not its shape"));
  CHECK_THAT(scratch.refusal(array({2}, "f4", "123456789")), Contains("not its shape"));
  CHECK_THAT(scratch.refusal(array({-2}, "f4", "12345678")), Contains("out of range"));
  CHECK_THAT(scratch.refusal(array({int64_t{1} << 40, int64_t{1} << 40}, "f4", "12345678")),
             Contains("out of range"));
}

TEST_CASE("files cut off anywhere are refused", "[weights][hostile]") {
  const Scratch scratch;
  for (const char* name :
       {"state_dict.pt", "every_type_legacy.pt", "masks.pickle", "script.pt", "arrays_5.pickle"}) {
    const std::string whole = read_file(kData + name);
    for (size_t length = 0; length < whole.size(); ++length) {
      INFO(name << " " << length);
      REQUIRE_FALSE(scratch.refusal(whole.substr(0, length)).empty());
    }
  }
}

TEST_CASE("files with changed bytes are read or refused, never worse", "[weights][hostile]") {
  const Scratch scratch;
  const int64_t before = peak_memory();
  RandomStream random(11);
  int refused = 0;
  int tried = 0;
  const auto changed = [&](std::string bytes) {
    for (uint64_t count = 1 + random.below(3); count > 0; --count) {
      char& byte = bytes[random.below(bytes.size())];
      byte = random.below(2) == 0 ? static_cast<char>(byte ^ (1 << random.below(8)))
                                  : static_cast<char>(random.next());
    }
    return bytes;
  };
  const auto try_one = [&](const std::string& bytes) {
    ++tried;
    if (!scratch.refusal(bytes).empty()) ++refused;
  };
  for (const char* name :
       {"every_type_legacy.pt", "legacy.pth", "masks.pickle", "arrays_2.pickle", "state_dict.pt"}) {
    const std::string whole = read_file(kData + name);
    for (int trial = 0; trial < 1500; ++trial) try_one(changed(whole));
  }
  for (const char* name : {"every_type.pt", "checkpoint.pt", "script.pt", "foreign.pt"}) {
    const Opened opened(kData + name);
    for (int trial = 0; trial < 1500; ++trial) try_one(opened.with(changed(opened.pickle)));
  }
  CHECK(refused > tried / 3);
  CHECK(refused < tried);
  CHECK(peak_memory() - before < 600);
}
