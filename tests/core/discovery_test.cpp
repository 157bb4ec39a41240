// Where plugins are looked for, and which of several wins.
#include "discovery.h"

#include <catch2/catch.hpp>

#include "catalog.h"
#include "modhost/error.h"
#include "plugin_folder.h"
#include "test_folder.h"

using namespace modhost::core;  // NOLINT: the subject of this file
using Catch::Contains;
using modhost::ComponentKind;
namespace fs = std::filesystem;

namespace {

void write_manifest(const fs::path& folder, const std::string& id, const std::string& provides) {
  modhost::write_file_atomically(
      folder / "plugin.toml",
      "[plugin]\nid = \"" + id +
          "\"\nversion = \"1.0\"\ndescription = \"d\"\nlicense = \"MIT\"\n"
          "url = \"u\"\n[source]\nrepository = \"https://r\"\n[provides]\n" +
          provides + "\n");
}

// A ready plugin of another id: what its library says inside is not looked at before loading.
void add_plugin(const fs::path& root, const std::string& name, const std::string& provides) {
  const fs::path folder = copy_good_plugin(root, name);
  fs::rename(folder / "good.so", folder / (name + ".so"));
  write_manifest(folder, "org.test." + name, provides);
}

std::string error_of(const Catalog& catalog, ComponentKind kind, const std::string& name) {
  try {
    catalog.provider(kind, name);
  } catch (const modhost::Error& error) {
    return error.full();
  }
  return "no error";
}

}  // namespace

TEST_CASE("Folders are searched in the documented order", "[plugin]") {
  const TestFolder temporary;
  const fs::path& root = temporary.path();
  fs::create_directories(root / "given");
  fs::create_directories(root / "data/modhost/plugins/mh1-other");
  SearchEnvironment environment;
  environment.plugin_path = "/one::/two";
  environment.data_home = root / "data";
  environment.working_folder = "/project";
  environment.executable = "/opt/modhost/bin/modhost";
  environment.abi_tag = "mh1-mine";
  std::vector<std::string> paths, origins;
  for (const SearchFolder& folder : search_folders({root / "given"}, environment)) {
    paths.push_back(folder.path.string());
    origins.push_back(folder.origin);
  }
  CHECK(paths == std::vector<std::string>{(root / "given").string(), "/one", "/two",
                                          "/project/.modhost/plugins",
                                          (root / "data/modhost/plugins/mh1-mine").string(),
                                          "/opt/modhost/lib/modhost/plugins",
                                          (root / "data/modhost/plugins/mh1-other").string()});
  CHECK(origins == std::vector<std::string>{"--plugin-path", "MODHOST_PLUGIN_PATH",
                                            "MODHOST_PLUGIN_PATH", "project", "user", "installed",
                                            "user, another build"});
  CHECK_THROWS_WITH(search_folders({root / "missing"}, environment),
                    Contains("there is no folder"));
}

TEST_CASE("Of one id the first wins and the others are shadowed", "[plugin]") {
  const TestFolder temporary;
  const fs::path& root = temporary.path();
  copy_good_plugin(root / "first");
  copy_good_plugin(root / "second");
  const auto found =
      discover({{root / "first", "a"}, {root / "second", "b"}, {root / "none", "c"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].state == PluginState::ready);
  CHECK(found[0].origin == "a");
  CHECK(found[1].state == PluginState::shadowed);
  CHECK_THAT(found[1].reason, Contains("first/good"));
}

TEST_CASE("A folder that is reached twice is one plugin", "[plugin]") {
  const TestFolder temporary;
  copy_good_plugin(temporary.path());
  CHECK(discover({{temporary.path(), "a"}, {temporary.path() / "good", "b"}}).size() == 1);
}

TEST_CASE("A leading '@' disables a plugin, which then shadows nothing", "[plugin]") {
  const TestFolder temporary;
  copy_good_plugin(temporary.path(), "@good");
  copy_good_plugin(temporary.path(), "good");
  const Catalog catalog(discover({{temporary.path(), "a"}}));
  REQUIRE(catalog.candidates().size() == 2);
  CHECK(catalog.candidates()[0].state == PluginState::disabled);
  CHECK(catalog.candidates()[1].state == PluginState::ready);
  CHECK(catalog.provider(ComponentKind::model, "good").candidate->folder.filename() == "good");
}

TEST_CASE("A disabled plugin is named when it is asked for", "[plugin]") {
  const TestFolder temporary;
  copy_good_plugin(temporary.path(), "@good");
  const Catalog catalog(discover({{temporary.path(), "a"}}));
  CHECK_THAT(error_of(catalog, ComponentKind::model, "good"), Contains("disabled"));
}

TEST_CASE("Folders without plugin.toml are no plugins", "[plugin]") {
  const TestFolder temporary;
  fs::create_directories(temporary.path() / "empty");
  modhost::write_file_atomically(temporary.path() / "plugin.so", "no");
  CHECK(discover({{temporary.path(), "a"}}).empty());
}

TEST_CASE("A broken plugin does not hide the others", "[plugin]") {
  const TestFolder temporary;
  copy_good_plugin(temporary.path(), "good");
  const fs::path bad = copy_good_plugin(temporary.path(), "bad");
  modhost::write_file_atomically(bad / "plugin.toml", "[plugin");
  const auto found = discover({{temporary.path(), "a"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].state == PluginState::broken);
  CHECK_THAT(found[0].reason, Contains("E-MANIFEST") && Contains("bad/plugin.toml:1:"));
  CHECK(found[1].state == PluginState::ready);
}

TEST_CASE("A component is found by its short and its full name", "[plugin]") {
  const TestFolder temporary;
  add_plugin(temporary.path(), "nets", "models = [\"mlp\", \"cnn\"]");
  const Catalog catalog(discover({{temporary.path(), "a"}}));
  CHECK(catalog.provider(ComponentKind::model, "mlp").candidate->id() == "org.test.nets");
  CHECK(catalog.provider(ComponentKind::model, "org.test.nets/cnn").component == "cnn");
  CHECK(catalog.names(ComponentKind::model) == std::vector<std::string>{"cnn", "mlp"});
  CHECK(catalog.find("org.test.nets") != nullptr);
  CHECK(catalog.find("nets") == nullptr);
}

TEST_CASE("An unknown component is answered with what there is", "[plugin]") {
  const TestFolder temporary;
  add_plugin(temporary.path(), "nets", "models = [\"mlp\", \"cnn\"]");
  const Catalog catalog(discover({{temporary.path(), "a"}}), {temporary.path()});
  const std::string error = error_of(catalog, ComponentKind::model, "mpl");
  CHECK_THAT(error, Contains("unknown model 'mpl'; there is cnn, mlp"));
  CHECK_THAT(error, Contains("did you mean 'mlp'?"));
  CHECK_THAT(error_of(catalog, ComponentKind::method, "mlp"), Contains("there is no method"));
}

TEST_CASE("A name that two plugins provide must be written in full", "[plugin]") {
  const TestFolder temporary;
  add_plugin(temporary.path(), "one", "models = [\"mlp\"]");
  add_plugin(temporary.path(), "two", "models = [\"mlp\"]");
  const Catalog catalog(discover({{temporary.path(), "a"}}));
  CHECK_THAT(error_of(catalog, ComponentKind::model, "mlp"),
             Contains("'org.test.one/mlp' and 'org.test.two/mlp'"));
  CHECK(catalog.provider(ComponentKind::model, "org.test.two/mlp").candidate->id() ==
        "org.test.two");
}

TEST_CASE("What only an unusable plugin provides is refused with its reason", "[plugin]") {
  const TestFolder temporary;
  add_plugin(temporary.path(), "nets", "models = [\"mlp\"]");
  forge_bytes(temporary.path() / "nets/nets.so", "cxx11abi=1", "cxx11abi=0");
  const Catalog catalog(discover({{temporary.path(), "a"}}));
  CHECK_THAT(error_of(catalog, ComponentKind::model, "mlp"),
             Contains("E-ABI") && Contains("old (cxx11abi=0)"));
}
