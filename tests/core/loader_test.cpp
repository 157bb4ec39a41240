// Each way in which a plugin can be bad gives its code and says what is wrong. The plugins of
// tests/bad_plugins are loaded into this process; files that no compiler makes are forged here.
#include "loader.h"

#include <catch2/catch.hpp>

#include "dlopen_error.h"
#include "mapped_libraries.h"
#include "modhost/error.h"
#include "plugin_folder.h"
#include "test_folder.h"

using namespace modhost::core;  // NOLINT: the subject of this file
using Catch::Contains;
using Catch::StartsWith;
using modhost::ComponentKind;
using modhost::Registry;
namespace fs = std::filesystem;

namespace {

// What the user reads; nothing may be registered then.
std::string error_of(const fs::path& folder) {
  Registry registry("test");
  Loader loader(registry);
  try {
    loader.load(read_candidate(folder, "test"));
  } catch (const modhost::Error& error) {
    CHECK(error.code() == modhost::ErrorCode::plugin);
    CHECK(registry.components().empty());
    CHECK(loader.plugins().empty());
    return error.full();
  }
  return "no error";
}

fs::path built(const std::string& name) { return fs::path(MODHOST_BAD_PLUGIN_DIR) / name; }

// The error of the good plugin after its library was changed.
std::string error_after(const std::string& from, const std::string& to) {
  const TestFolder temporary;
  const fs::path folder = copy_good_plugin(temporary.path());
  forge_bytes(folder / "good.so", from, to);
  return error_of(folder);
}
std::string error_of_library(const std::string& bytes) {
  const TestFolder temporary;
  const fs::path folder = copy_good_plugin(temporary.path());
  modhost::write_file_atomically(folder / "good.so", bytes);
  return error_of(folder);
}

}  // namespace

TEST_CASE("A good plugin is loaded once and registers what it lists", "[plugin]") {
  Registry registry("test");
  Loader loader(registry);
  const Candidate candidate = read_candidate(built("good"), "test");
  INFO(candidate.reason);
  const Loader::Plugin& plugin = loader.load(candidate);
  REQUIRE(plugin.components.size() == 1);
  CHECK(plugin.components[0]->owner == "org.modhost-tests.good");
  CHECK(registry.find_model("good") == plugin.components[0]);
  CHECK(plugin.components[0]->make_options()->names().front() == "width");
  CHECK(&loader.load(candidate) == &plugin);  // again: the same
  CHECK(loader.plugins().size() == 1);
}

TEST_CASE("Errors that arise in a plugin's code arrive with their type", "[plugin]") {
  Registry registry("test");
  Loader loader(registry);
  const auto options =
      loader.load(read_candidate(built("good"), "test")).components[0]->make_options();
  modhost::OptionTable table;
  table["width"] = {std::string("0"), "test", true};
  CHECK_THROWS_AS(options->assign("model", "good", table), modhost::Error);
  // The plugin's options class is hidden in its library, its option's class is not.
  CHECK(dynamic_cast<modhost::Option<int64_t>*>(options->all()[0]) != nullptr);
}

TEST_CASE("A plugin of another build is refused with all differences at once", "[plugin]") {
  CHECK_THAT(error_after("sdk_abi=1", "sdk_abi=2"),
             StartsWith("E-ABI: plugin 'org.modhost-tests.good' 1.0.0") && Contains("SDK ABI"));
  CHECK_THAT(error_after("torch=1.", "torch=7."), Contains("LibTorch") && Contains("plugin 7."));
  const std::string error =
      error_after("cxx11abi=1;stdlib=libstdcxx", "cxx11abi=0;stdlib=libcxxxxx");
  CHECK_THAT(error, Contains("old (cxx11abi=0)") && Contains("new (cxx11abi=1)"));
  CHECK_THAT(error, Contains("libcxxxxx") && Contains("built from"));
  CHECK_THAT(error,
             Contains("fix: rebuild it against this host from https://example.org/good.git"));
  CHECK_THAT(error_after("arch=x86_64", "arch=risc64"),
             Contains("processor") && Contains("risc64"));
}

TEST_CASE("A plugin of the same version that was built against other headers is refused",
          "[plugin]") {
  const std::string mark = modhost::read_file(built("good") / "good.so");
  const std::string key = "sdk_headers=";
  const std::string own = mark.substr(mark.find(key) + key.size(), 12);
  CHECK_THAT(error_after(key + own, key + "0123456789ab"),
             StartsWith("E-ABI: plugin 'org.modhost-tests.good' 1.0.0") &&
                 Contains("SDK headers") && Contains("plugin 0123456789ab") && Contains(own));
}

TEST_CASE("A plugin for a better processor is refused", "[plugin]") {
  CHECK_THAT(error_after("isa=base", "isa=amx9"), StartsWith("E-CPU") && Contains("amx9"));
}

TEST_CASE("A plugin without its library or manifest is refused", "[plugin]") {
  const TestFolder temporary;
  const fs::path folder = copy_good_plugin(temporary.path());
  fs::remove(folder / "good.so");
  CHECK_THAT(error_of(folder), StartsWith("E-NOTFOUND") && Contains("good.so"));
  fs::remove(folder / "plugin.toml");
  CHECK_THAT(error_of(folder), StartsWith("E-MANIFEST") && Contains("plugin.toml"));
  CHECK_THAT(error_of(built("no_license")),
             StartsWith("E-MANIFEST") && Contains("'license' is missing in [plugin]"));
}

TEST_CASE("Files that are no plugins are never given to the dynamic linker", "[plugin]") {
  CHECK_THAT(error_of(built("plain_library")), StartsWith("E-NOMARK"));
  CHECK_THAT(error_of_library("just text\n"), StartsWith("E-NOMARK"));
  CHECK_THAT(error_of_library(""), StartsWith("E-NOMARK"));
  CHECK_THAT(error_of_library(modhost::read_file("/bin/true")),
             StartsWith("E-ELF") || StartsWith("E-NOMARK"));
  const std::string good = modhost::read_file(built("good") / "good.so");
  for (const size_t length :
       {size_t{100}, size_t{3000}, mapped_size(good) / 2, mapped_size(good) - 1}) {
    INFO(length);
    CHECK_THAT(error_of_library(good.substr(0, length)),
               StartsWith("E-ELF") && Contains("cut short"));
  }
}

TEST_CASE("A folder in place of a library is refused", "[plugin]") {
  const TestFolder temporary;
  const fs::path folder = copy_good_plugin(temporary.path());
  fs::remove(folder / "good.so");
  fs::create_directories(folder / "good.so");
  CHECK_THAT(error_of(folder), StartsWith("E-NOTFOUND") && Contains("directory"));
}

TEST_CASE("A library must have an entry of its own", "[plugin]") {
  CHECK_THAT(error_of(built("no_entry")),
             StartsWith("E-ENTRY") && Contains("MODHOST_PLUGIN(registry)"));
  CHECK_THAT(error_of(built("foreign_entry")), StartsWith("E-FOREIGN") && Contains("'good.so'"));
}

TEST_CASE("Whatever a plugin throws while it registers becomes an error", "[plugin]") {
  CHECK_THAT(error_of(built("throws_exception")),
             StartsWith("E-INIT: plugin 'org.modhost-tests.throws_exception'") &&
                 Contains("the lookup table is not there"));
  CHECK_THAT(error_of(built("throws_number")),
             StartsWith("E-INIT") && Contains("no std::exception"));
  CHECK_THAT(error_of(built("duplicate_component")),
             StartsWith("E-INIT") && Contains("model 'duplicate_component'"));
}

TEST_CASE("A plugin registers exactly what its manifest lists", "[plugin]") {
  CHECK_THAT(error_of(built("unlisted_component")),
             StartsWith("E-MANIFESTDIFF") && Contains("registers model 'surprise', not listed") &&
                 Contains("does not register model 'unlisted_component'"));
  CHECK_THAT(error_of(built("other_manifest")),
             StartsWith("E-MANIFESTDIFF") && Contains("other_manifest/plugin.toml"));
}

TEST_CASE("An undefined symbol is named", "[plugin]") {
  CHECK_THAT(error_of(built("undefined_symbol")),
             StartsWith("E-DLOPEN") && Contains("'nowhere::to_be_found(int)'"));
}

TEST_CASE("Two plugins cannot register the same component", "[plugin]") {
  Registry registry("test");
  registry.model<modhost::Options>("good", "was there first", {}, nullptr);
  Loader loader(registry);
  CHECK_THROWS_WITH(loader.load(read_candidate(built("good"), "test")),
                    StartsWith("E-DUPLICATE") && Contains("'test'"));
}

TEST_CASE("A second LibTorch or OpenMP is noticed", "[plugin]") {
  const std::vector<std::string> before = {"/usr/lib/libtorch_cpu.so.1.13",
                                           "/usr/lib/libgomp.so.1"};
  std::vector<std::string> after = before;
  after.push_back("/opt/plugin.so");
  CHECK(new_duplicates(before, after).empty());
  after.push_back("/opt/wheel/libtorch_cpu.so");
  after.push_back("/opt/wheel/libiomp5.so");
  const auto found = new_duplicates(before, after);
  REQUIRE(found.size() == 2);
  CHECK(found[0].what == "LibTorch");
  CHECK(found[0].second == "/opt/wheel/libtorch_cpu.so");
  CHECK(found[1].first == "/usr/lib/libgomp.so.1");
}

TEST_CASE("What the dynamic linker says is explained", "[plugin]") {
  const LinkerError error = explain_linker_error(
      "boost::dll::shared_library::load() failed (dlerror system message: /p/x.so: undefined "
      "symbol: _ZN2at6Tensor3fooEv): Bad file descriptor");
  CHECK(error.message == "/p/x.so: undefined symbol: 'at::Tensor::foo()'");
  CHECK_THAT(error.hint, Contains("another LibTorch"));
  CHECK_THAT(explain_linker_error("version `GLIBCXX_3.4.99' not found").hint,
             Contains("newer libstdc++"));
  CHECK_THAT(explain_linker_error("libcudart.so.12: cannot open shared object file").hint,
             Contains("CUDA"));
  CHECK_THAT(explain_linker_error("undefined symbol: _ZN7modhost2v13FooEv").hint,
             Contains("another SDK"));
}
