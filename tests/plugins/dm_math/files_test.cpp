#include <modhost/files.h>
#include <modhost/random.h>

#include <fstream>
#include <map>
#include <sstream>

#include "index.h"
#include "module.h"
#include "temporary.h"
#include "text_files.h"

using namespace modhost_dm_math;
using namespace dm_math_test;
namespace fs = std::filesystem;

namespace {

const std::string kModule = "arithmetic__add_or_sub";

// Writes what it is shown as files below a folder.
class Unpacker : public Visitor {
 public:
  explicit Unpacker(fs::path folder) : folder_(std::move(folder)) {}
  bool wants(const TextFile& file) override {
    const fs::path inside = folder_ / folder_name(file.part);
    fs::create_directories(inside);
    out_.open(inside / (file.module + ".txt"));
    return true;
  }
  void read(std::string_view piece) override { out_ << piece; }
  void finish() override { out_.close(); }

 private:
  fs::path folder_;
  std::ofstream out_;
};

Module module_in(const fs::path& place) {
  return without_repeats(read_pairs(place, files_of_module(scan(place), kModule, place)));
}

// PART, train or test, QUESTION and ANSWER with tabs between, a line each.
std::string lines_of(const Module& module) {
  std::string out;
  for (const Part part : kParts) {
    Division division{{}, module.kept[part]};
    if (part <= Part::hard) division = divided(module.kept[part], 50, part_name(part));
    const auto add = [&](const std::vector<uint32_t>& indices, const std::string& split) {
      for (const uint32_t i : indices) {
        out += folder_name(part) + "\t" + split + "\t";
        out.append(module.pairs[part].question(i)).append("\t");
        out.append(module.pairs[part].answer(i)).append("\n");
      }
    };
    add(division.train, "train");
    add(division.test, "test");
  }
  return out;
}

// One member of a tar archive, its header by hand.
std::string member(const std::string& name, const std::string& text, uint64_t declared,
                   char type = '0') {
  std::string head(512, '\0');
  const auto put = [&](size_t at, const std::string& value) {
    head.replace(at, value.size(), value);
  };
  std::ostringstream octal;
  octal << std::oct << declared;
  put(0, name);
  put(100, "0000644");
  put(124, octal.str());
  head[156] = type;
  if (type == '2') put(157, "/etc/passwd");
  put(257, std::string("ustar\00000", 8));
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  std::ostringstream check;
  check << std::oct << sum;
  put(148, check.str() + std::string(1, '\0') + " ");
  const size_t padded = (text.size() + 511) / 512 * 512;
  return head + text + std::string(padded - text.size(), '\0');
}

std::string member(const std::string& name, const std::string& text) {
  return member(name, text, text.size());
}

const std::string kEnd(1024, '\0');

}  // namespace

TEST_CASE("what is kept and how it is divided is what numpy says", "[dm_math][files]") {
  CHECK(lines_of(module_in(fixture())) ==
        modhost::read_file(MODHOST_TEST_DATA "/dm_math/expected.tsv"));
  CHECK(scan(fixture()).characters + "\n" ==
        modhost::read_file(MODHOST_TEST_DATA "/dm_math/characters.txt"));
}

TEST_CASE("an unpacked folder is the same as the archive", "[dm_math][files]") {
  const Folder folder;
  Unpacker unpacker(folder.path);
  visit(fixture(), unpacker);
  CHECK(scan(folder.path) == scan(fixture()));
  CHECK(lines_of(module_in(folder.path)) == lines_of(module_in(fixture())));
}

TEST_CASE("a module has its own files and none that only begin like it", "[dm_math][files]") {
  const Index index = scan(fixture());
  CHECK(index.modules[Part::easy] ==
        std::vector<std::string>{kModule, kModule + "_in_base", "probability__swr_p_sequence"});
  const auto files = files_of_module(index, kModule, fixture());
  CHECK(files[Part::easy] == kModule);
  CHECK(files[Part::extrapolate] == kModule + "_big");
  CHECK(files_of_module(index, kModule + "_in_base", fixture())[Part::extrapolate].empty());
  const auto refused = [&](const Index& in, const std::string& module) {
    return refusal([&] { files_of_module(in, module, "data.tar.gz"); });
  };
  CHECK(refused(index, "arithmetic__add_or_sup") ==
        "option 'dataset.module': 'data.tar.gz' has no module 'arithmetic__add_or_sup'; it has 3; "
        "did you mean 'arithmetic__add_or_sub'?");
  Index other = index;
  other.modules[Part::medium].erase(other.modules[Part::medium].begin());
  CHECK(refused(other, kModule) ==
        "'data.tar.gz' has no 'train-medium/arithmetic__add_or_sub.txt'");
  other = index;
  other.modules[Part::extrapolate] = {kModule + "_big", kModule + "_longer"};
  CHECK(refused(other, kModule).find("more than one file of module") != std::string::npos);
  CHECK(refused({}, kModule) ==
        "'data.tar.gz' has no files like 'train-easy/algebra__linear_1d.txt'");
}

TEST_CASE("an archive that is cut off or damaged is refused or read, nothing else",
          "[dm_math][files][fuzz]") {
  const Folder folder;
  const fs::path path = folder.path / "a.tar.gz";
  const std::string whole = modhost::read_file(fixture());
  const auto tried = [&](const std::string& bytes) {
    modhost::write_file_atomically(path, bytes);
    return refusal([&] { module_in(path); });
  };
  for (size_t length = 0; length + 64 < whole.size(); length += 61) {
    CAPTURE(length);
    CHECK(tried(whole.substr(0, length)) != "accepted");
  }
  CHECK(tried(whole.substr(0, 3000)) ==
        "'" + path.string() +
            "' is no whole tar.gz archive: truncated gzip input; fetch "
            "it again");
  modhost::RandomStream random(3);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = whole;
    damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
    tried(damaged);
  }
}

TEST_CASE("members are not believed", "[dm_math][files]") {
  const Folder folder;
  const fs::path path = folder.path / "a.tar";
  const auto scanned = [&](const std::string& bytes) {
    modhost::write_file_atomically(path, bytes + kEnd);
    return refusal([&] { scan(path); });
  };
  const std::string name = "top/train-easy/m.txt", text = "1 + 1\n2\n";
  CHECK(scanned(member(name, text)) == "accepted");
  CHECK(scan(path).characters == " +12");
  const auto huge = scanned(member(name, text, uint64_t{1} << 32));
  CHECK(huge.find("is no whole tar.gz archive") != std::string::npos);
  CHECK(scanned(member(name, text) + member("other/train-easy/m.txt", text)) ==
        "'" + path.string() + ": train-easy/m.txt' is there twice");
  CHECK(scanned(member(name, "1 + 1\n\xff\n")) ==
        "line 2 of '" + path.string() +
            ": train-easy/m.txt' has the byte 255, which is no printable ASCII");
  CHECK(scanned(member(name, "", 0, '2')) == "accepted");  // a link is passed over
  for (const char* other : {"top/train-easy/m.csv", "m.txt", "top/train-none/m.txt", "/.txt"}) {
    CHECK(scanned(member(other, text)) == "accepted");
    CHECK(scan(path).characters.empty());
  }
  CHECK(refusal([&] { scan(folder.path / "none.tar.gz"); }).find("none.tar.gz") !=
        std::string::npos);
}

TEST_CASE("the index is kept beside the data for as long as the data is the same",
          "[dm_math][files]") {
  const Folder folder;
  const fs::path path = folder.path / "a.tar.gz";
  fs::copy_file(fixture(), path);
  const Index index = index_of(path);
  CHECK(index == scan(path));
  const std::string kept = modhost::read_file(index_file(path));
  // What is in the file is believed.
  std::string changed = kept;
  changed.replace(changed.find("train-easy"), 10, "interpolate");
  modhost::write_file_atomically(index_file(path), changed);
  CHECK_FALSE(index_of(path) == index);
  // Unless the data is newer, or the file is damaged.
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(1));
  CHECK(index_of(path) == index);
  const std::string head = kept.substr(0, kept.find("train-easy"));
  for (size_t length = 0; length < head.size(); length += 7) {
    modhost::write_file_atomically(index_file(path), head.substr(0, length));
    CHECK(index_of(path) == index);
  }
}

TEST_CASE("the index of a folder notices a changed file", "[dm_math][files]") {
  const Folder folder;
  Unpacker unpacker(folder.path);
  visit(fixture(), unpacker);
  const Index index = index_of(folder.path);
  CHECK(index_of(folder.path) == index);
  modhost::write_file_atomically(folder.path / "train-easy" / (kModule + ".txt"), "~\n~\n");
  CHECK(index_of(folder.path).characters == index.characters + "~");
}

TEST_CASE("the test questions are refused when there are too few", "[dm_math]") {
  CHECK(refusal([] {
          divided({1, 2, 3}, 3, "easy");
        }) == "option 'dataset.test' is 3, but 'easy' has only 3 questions; take fewer");
  CHECK(divided({4, 5, 6}, 0, "easy").train == std::vector<uint32_t>{4, 5, 6});
}
