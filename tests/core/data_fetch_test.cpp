#include "data_fetch.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "file_server.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "sha256.h"
#include "test_folder.h"

namespace {

using namespace modhost;
using namespace modhost::core;
namespace fs = std::filesystem;

std::string hash_of(const std::string& bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

// A file `a` on a server, and a folder to fetch it into.
struct Place {
  TestFolder root;
  fs::path folder = root.path() / "data";
  std::string bytes;
  FileServer server;
  TransferLimits limits{5, 1, 0.01};
  Progress progress;
  StopSignal stop;

  Place() : bytes(1'000'000, ' '), server(prepared()) {}

  // The bytes do not repeat, or a part in the wrong place would not be seen.
  fs::path prepared() {
    uint64_t state = 1;
    for (char& byte : bytes) {
      state = state * 6364136223846793005 + 1442695040888963407;
      byte = static_cast<char>(state >> 56);
    }
    fs::create_directories(root.path() / "web");
    write_file_atomically(root.path() / "web/a", bytes);
    return root.path() / "web";
  }

  DataFile file(const std::vector<std::string>& behaviours) const {
    DataFile out{"a", static_cast<int64_t>(bytes.size()), hash_of(bytes), {}};
    for (const std::string& behaviour : behaviours) {
      const bool is_url = behaviour.find(':') != std::string::npos;
      out.urls.push_back(is_url ? behaviour : server.url(behaviour + "/a"));
    }
    return out;
  }
  // Neither size nor hash are known.
  DataFile unknown(const std::string& behaviour) const {
    DataFile out = file({behaviour});
    out.bytes = 0;
    out.sha256.clear();
    return out;
  }
  FileOutcome fetch(const DataFile& file, Depth depth = Depth::content) {
    DataFiles files{"toy", folder, {file}, "example.org/toy"};
    return fetch_files(files, depth, limits, {progress, stop}).at(0);
  }
  std::string refusal(const DataFile& file) {
    try {
      fetch(file);
    } catch (const Error& error) {
      CHECK(error.full().find('\n') == std::string::npos);
      return error.full();
    }
    return "fetched";
  }
  void leave_part(const std::string& part, const std::string& origin = "") {
    fs::create_directories(folder);
    write_file_atomically(folder / "a.part", part);
    if (!origin.empty()) write_file_atomically(folder / "a.part.from", origin);
  }
  bool is_whole() const {
    return read_file(folder / "a") == bytes && !fs::exists(folder / "a.part") &&
           !fs::exists(folder / "a.part.from");
  }
  bool is_empty() const { return !fs::exists(folder) || fs::is_empty(folder); }
};

TEST_CASE("SHA-256 gives the values of the standard") {  // FIPS 180-4, examples
  CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_of(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a file comes whole over connections that break, from where each broke", "[fetch]") {
  Place place;
  const FileOutcome outcome = place.fetch(place.file({"drops"}));
  CHECK(outcome.fetched);
  CHECK(outcome.report.state == FileState::right);
  CHECK(place.is_whole());
  CHECK(place.server.requests() == std::vector<std::string>{"/drops/a - 200",
                                                            "/drops/a bytes=333334- 206",
                                                            "/drops/a bytes=666668- 206"});
  CHECK_FALSE(place.fetch(place.file({"error"})).fetched);  // it is there
}

TEST_CASE("servers that know no ranges or tell no length, and redirects", "[fetch]") {
  for (const char* behaviour : {"no_range", "no_length", "moved", "plain"}) {
    CAPTURE(behaviour);
    Place place;
    place.leave_part(place.bytes.substr(0, 1000));
    CHECK(place.fetch(place.file({behaviour})).fetched);
    CHECK(place.is_whole());
    Place bare;
    CHECK(bare.fetch(bare.unknown(behaviour)).report.state == FileState::unchecked);
    CHECK(bare.is_whole());
  }
}

TEST_CASE("the next address is taken when one is of no use", "[fetch]") {
  Place place;
  const auto file = place.file({"http://127.0.0.1:1/a", "none", "error", "wrong", "short", "long",
                                "nothing", "no_range_drops", "to_file", "loop", "plain"});
  CHECK(place.fetch(file).fetched);
  CHECK(place.is_whole());
}

TEST_CASE("what cannot be had is one line with host and reason", "[fetch]") {
  Place place;
  const std::string head = "cannot fetch 'a' from '" + place.server.host() + "': ";
  const std::string tail =
      "; fetch it by hand from example.org/toy into '" + place.folder.string() + "'";
  CHECK(place.refusal(place.file({"none"})) == head + "HTTP 404" + tail);
  CHECK(place.refusal(place.file({"error"})) == head + "HTTP 503" + tail);
  CHECK(place.refusal(place.file({"short"})) ==
        head + "the file there has 999,999 bytes, expected 1,000,000" + tail);
  CHECK(place.refusal(place.file({"to_file"})) ==
        head + "it redirects to what is neither http nor https, or from https" + tail);
  CHECK(place.refusal(place.file({"loop"})).find("redirects") != std::string::npos);
  std::string other = place.bytes;
  other[0] = static_cast<char>(other[0] ^ 1);
  CHECK(place.refusal(place.file({"wrong"})) == head + "SHA-256 " + hash_of(other) + ", expected " +
                                                    hash_of(place.bytes) + "; it was removed" +
                                                    tail);
  CHECK(place.refusal(place.unknown("nothing")) == head + "it sends nothing" + tail);
  CHECK(place.refusal(place.file({"file:///etc/hostname"})).find("only http and https are used") !=
        std::string::npos);
  CHECK(place.refusal(place.file({"http://no-such-host.invalid/a"}))
            .find("cannot fetch 'a' from 'no-such-host.invalid': ") == 0);
  CHECK(place.is_empty());
}

TEST_CASE("two addresses that fail are both told, and what came is kept", "[fetch]") {
  Place place;
  const std::string host = place.server.host();
  CHECK(place.refusal(place.file({"error", "no_range_drops"}))
            .find("cannot fetch 'a' from '" + host + "': HTTP 503; from '" + host +
                  "': the connection ended after 500,000 bytes") == 0);
  CHECK(read_file(place.folder / "a.part") == place.bytes.substr(0, 500'000));
  CHECK_FALSE(fs::exists(place.folder / "a"));
}

TEST_CASE("a connection that stands still is given up", "[fetch]") {
  Place place;
  CHECK(place.fetch(place.file({"stalls"})).fetched);
  CHECK(place.is_whole());
  CHECK(place.server.requests() ==
        std::vector<std::string>{"/stalls/a - 200", "/stalls/a bytes=500000- 206"});
}

TEST_CASE("a part of an earlier process is continued, whatever it is", "[fetch]") {
  Place place;
  const auto last = [&place] { return place.server.requests().back(); };
  SECTION("the beginning of the file") {
    place.leave_part(place.bytes.substr(0, 400'000));
    CHECK(place.fetch(place.file({"plain"})).fetched);
    CHECK(last() == "/plain/a bytes=400000- 206");
  }
  SECTION("all of it: nobody is asked") {
    place.leave_part(place.bytes);
    CHECK(place.fetch(place.file({"error"})).fetched);
    CHECK(place.server.requests().empty());
  }
  SECTION("all of it, but the size is not known") {
    place.leave_part(place.bytes);
    DataFile file = place.file({"plain"});
    file.bytes = 0;
    CHECK(place.fetch(file).fetched);
    CHECK(last() == "/plain/a bytes=1000000- 416");
  }
  SECTION("bytes of something else: once more from the start") {
    place.leave_part(std::string(400'000, 'x'));
    CHECK(place.fetch(place.file({"plain"})).fetched);
    CHECK(last() == "/plain/a - 200");
  }
  SECTION("more than the file has") {
    place.leave_part(place.bytes + "x");
    CHECK(place.fetch(place.file({"plain"})).fetched);
    CHECK(last() == "/plain/a - 200");
    Place unsized;
    unsized.leave_part(unsized.bytes + "x");
    DataFile file = unsized.file({"plain"});
    file.bytes = 0;
    CHECK(unsized.fetch(file).fetched);
    CHECK(unsized.is_whole());
  }
  CHECK(place.is_whole());
}

TEST_CASE("without a hash a part is continued only if the server has the same file", "[fetch]") {
  Place place;
  const std::string tag = "\"" + hash_of(place.bytes).substr(0, 16) + "\"";
  const std::string url = place.server.url("plain/a");
  const auto last = [&place] { return place.server.requests().back(); };
  SECTION("it has") {
    place.leave_part(place.bytes.substr(0, 1000), url + "\n" + tag);
    CHECK(place.fetch(place.unknown("plain")).fetched);
    CHECK(last() == "/plain/a bytes=1000- 206");
  }
  SECTION("it has another version") {
    place.leave_part(std::string(1000, 'x'), url + "\n\"older\"");
    CHECK(place.fetch(place.unknown("plain")).fetched);
    CHECK(last() == "/plain/a bytes=1000- 200");
  }
  SECTION("the part is from elsewhere, or nothing is known of it") {
    place.leave_part(std::string(1000, 'x'), "http://example.org/a\n" + tag);
    CHECK(place.fetch(place.unknown("plain")).fetched);
    CHECK(last() == "/plain/a - 200");
    Place other;
    other.leave_part(std::string(1000, 'x'));
    CHECK(other.fetch(other.unknown("plain")).fetched);
    CHECK(other.is_whole());
  }
  SECTION("the connection breaks on the way") {
    CHECK(place.fetch(place.unknown("drops")).fetched);
    CHECK(last() == "/drops/a bytes=666668- 206");
  }
  CHECK(place.is_whole());
}

TEST_CASE("a server that sends another part than asked for is not believed", "[fetch]") {
  Place place;
  place.leave_part(place.bytes.substr(0, 1000));
  CHECK(place.refusal(place.file({"shifted"})).find("another part of the file") !=
        std::string::npos);
  CHECK(place.fetch(place.file({"shifted", "plain"})).fetched);
  CHECK(place.is_whole());
}

TEST_CASE("a file that is there and wrong is replaced, as deep as one looks", "[fetch]") {
  Place place;
  fs::create_directories(place.folder);
  std::string other = place.bytes;
  other[77] = static_cast<char>(other[77] ^ 1);
  write_file_atomically(place.folder / "a", other);
  CHECK_FALSE(place.fetch(place.file({"plain"}), Depth::size).fetched);
  CHECK_THROWS_AS(place.fetch(place.file({"error"})), Error);
  CHECK(read_file(place.folder / "a") == other);  // until there is a better one
  CHECK(place.fetch(place.file({"plain"})).fetched);
  CHECK(place.is_whole());
  write_file_atomically(place.folder / "a", "short");
  CHECK(place.fetch(place.file({"plain"}), Depth::size).fetched);
  CHECK(place.is_whole());
}

TEST_CASE("files without an address are left to the person", "[fetch]") {
  Place place;
  const FileOutcome outcome = place.fetch(place.file({}));
  CHECK(outcome.report.state == FileState::missing);
  CHECK_FALSE(outcome.fetched);
}

TEST_CASE("names may have folders but not lead out of the dataset's", "[fetch]") {
  Place place;
  fs::create_directories(place.root.path() / "web/sub");
  write_file_atomically(place.root.path() / "web/sub/b", "text");
  CHECK(place.fetch({"sub/b", 4, "", {place.server.url("plain/sub/b")}}).fetched);
  CHECK(read_file(place.folder / "sub/b") == "text");
  for (const char* name : {"", "/etc/a", "../a", "sub/../../a", "sub/"}) {
    CAPTURE(name);
    CHECK_THROWS_WITH(place.fetch({name, 0, "", {place.server.url("plain/a")}}),
                      Catch::Contains("is not within its folder"));
  }
}

TEST_CASE("no room, no folder, no permission are told before or when it matters", "[fetch]") {
  Place place;
  CHECK_THROWS_WITH(place.fetch({"a", 0, hash_of(place.bytes), {place.server.url("huge/a")}}),
                    Catch::Contains("not enough room in '" + place.folder.string() + "'"));
  CHECK(place.is_empty());
  place.folder = place.root.path() / "web/a";
  CHECK_THROWS_WITH(place.fetch(place.file({"plain"})),
                    Catch::Contains("cannot create the folder '" + place.folder.string() + "'"));
  place.folder = place.root.path() / "odd";
  fs::create_directories(place.folder / "a.part");
  CHECK_THROWS_WITH(place.fetch(place.file({"plain"})), Catch::Contains("a.part': Is a directory"));
  fs::remove(place.folder / "a.part");
  REQUIRE(::mkfifo((place.folder / "a.part").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(place.fetch(place.file({"plain"})),
                    Catch::Contains("no") && Catch::Contains("regular file"));
}

TEST_CASE("a stop ends a transfer and keeps what came", "[fetch]") {
  Place place;
  std::thread stopper([&place] {
    const fs::path part = place.folder / "a.part";
    std::error_code ignored;
    while (!fs::exists(part, ignored) || fs::file_size(part, ignored) < 50'000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    place.stop.request();
  });
  try {
    place.fetch(place.file({"slow"}));
    FAIL("it was not stopped");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::interrupted);
    CHECK(error.full() == "interrupted while fetching 'a'; the same command goes on with '" +
                              (place.folder / "a.part").string() + "'");
  }
  stopper.join();
  const std::string part = read_file(place.folder / "a.part");
  CHECK(part.size() >= 50'000);
  CHECK(part == place.bytes.substr(0, part.size()));
}

TEST_CASE("two that fetch the same file do not disturb each other", "[fetch]") {
  Place place;
  FileOutcome other;
  std::thread second([&] {
    Progress progress;
    const DataFiles files{"toy", place.folder, {place.file({"slow"})}, ""};
    other = fetch_files(files, Depth::content, place.limits, {progress, place.stop}).at(0);
  });
  const FileOutcome outcome = place.fetch(place.file({"slow"}));
  second.join();
  CHECK(place.is_whole());
  CHECK(outcome.fetched != other.fetched);
  CHECK(outcome.report.state == FileState::right);
  CHECK(other.report.state == FileState::right);
  CHECK(place.server.requests().size() == 1);
}

}  // namespace
