#include "manifest.h"

#include <algorithm>

#include "accepts_text.h"
#include "modhost/error.h"
#include "toml.h"
#include "version_range.h"

namespace modhost::core {
namespace {

constexpr size_t kLongestManifest = 60000;

// Reads one file and knows how to say where something is wrong in it.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  [[noreturn]] void refuse(const toml::source_position& at, const std::string& what,
                           const std::string& hint = "") const {
    std::string place = file_;
    if (at) place += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    throw Error(ErrorCode::plugin, "E-MANIFEST: " + place + ": " + what, hint);
  }
  [[noreturn]] void refuse(const toml::node& node, const std::string& what,
                           const std::string& hint = "") const {
    refuse(node.source().begin, what, hint);
  }

  void expect_keys(const toml::table& table, const std::string& section,
                   const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string where = section.empty() ? "section" : "key";
      refuse(key.source().begin,
             "unknown " + where + " '" + name + "'" +
                 (section.empty() ? "" : " in [" + section + "]") + "; known are " + join(known),
             did_you_mean(name, known));
    }
  }

  // An empty table when the section is missing.
  const toml::table& section(const toml::table& root, const std::string& name) const {
    static const toml::table nothing;
    const toml::node* node = root.get(name);
    if (node == nullptr) return nothing;
    if (!node->is_table()) refuse(*node, "'" + name + "' must be a section: [" + name + "]");
    return *node->as_table();
  }

  std::string text(const toml::table& table, const std::string& key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return "";
    return text(*node, key);
  }
  std::string text(const toml::node& node, const std::string& key) const {
    const auto value = node.value_exact<std::string>();
    if (!value) refuse(node, "'" + key + "' must be text in quotation marks");
    if (value->find_first_not_of(" \t\r\n") == std::string::npos)
      refuse(node, "'" + key + "' is empty");
    return *value;
  }

  std::vector<std::string> list(const toml::table& table, const std::string& key) const {
    std::vector<std::string> out;
    const toml::node* node = table.get(key);
    if (node == nullptr) return out;
    if (!node->is_array()) refuse(*node, "'" + key + "' must be a list: [\"...\"]");
    for (const toml::node& element : *node->as_array()) out.push_back(text(element, key));
    return out;
  }

  std::string needed(const toml::table& root, const std::string& name,
                     const std::string& key) const {
    const toml::table& table = section(root, name);
    if (table.contains(key)) return text(table, key);
    refuse(table.source().begin, "'" + key + "' is missing in [" + name + "]");
  }

 private:
  const std::string& file_;
};

bool consists_of(const std::string& text, const std::string& allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}
const std::string kLower = "abcdefghijklmnopqrstuvwxyz";
const std::string kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string kDigits = "0123456789";

void read_id(const Reader& reader, const toml::table& root, Manifest& manifest) {
  manifest.id = reader.needed(root, "plugin", "id");
  const toml::node& node = *reader.section(root, "plugin").get("id");
  const std::string& id = manifest.id;
  const bool shaped = consists_of(id, kLower + kDigits + "-_.") && id.front() != '.' &&
                      id.back() != '.' && id.find("..") == std::string::npos &&
                      id.find('.') != std::string::npos;
  if (!shaped) {
    reader.refuse(node, "the id '" + id + "' must be a reverse domain of a-z, 0-9, '-' and '_'",
                  "write for example 'org.my-lab.my-net'");
  }
}

void read_plugin(const Reader& reader, const toml::table& root, Manifest& manifest) {
  read_id(reader, root, manifest);
  const toml::table& table = reader.section(root, "plugin");
  manifest.version = reader.needed(root, "plugin", "version");
  if (!consists_of(manifest.version, kLower + kUpper + kDigits + ".-+") ||
      kDigits.find(manifest.version.front()) == std::string::npos) {
    reader.refuse(*table.get("version"),
                  "the version '" + manifest.version + "' is not like '1.0.2'");
  }
  manifest.description = reader.needed(root, "plugin", "description");
  manifest.license = reader.needed(root, "plugin", "license");
  if (!consists_of(manifest.license, kLower + kUpper + kDigits + ".-+() ")) {
    reader.refuse(*table.get("license"), "the license '" + manifest.license +
                                             "' is no SPDX name such as 'MIT' or 'Apache-2.0'");
  }
  manifest.url = reader.needed(root, "plugin", "url");
  manifest.name = table.contains("name") ? reader.text(table, "name") : manifest.id;
  manifest.authors = reader.list(table, "authors");
  manifest.support = reader.text(table, "support");
  manifest.paper = reader.text(table, "paper");
}

void read_build(const Reader& reader, const toml::table& root, Manifest& manifest) {
  const toml::table& table = reader.section(root, "build");
  manifest.sdk = reader.text(table, "sdk");
  manifest.needs = reader.list(table, "needs");
  if (manifest.sdk.empty()) return;
  try {
    version_fits("0.0.0", manifest.sdk);
  } catch (const Error& error) {
    reader.refuse(*table.get("sdk"), error.what());
  }
}

void read_provides(const Reader& reader, const toml::table& root, Manifest& manifest) {
  const toml::table& table = reader.section(root, "provides");
  for (const ComponentKind kind : component_kinds()) {
    std::vector<std::string> names = reader.list(table, plural(kind));
    for (const std::string& name : names) {
      if (!consists_of(name, kLower + kDigits + "-_")) {
        reader.refuse(*table.get(plural(kind)),
                      "the name '" + name + "' must consist of a-z, 0-9, '-' and '_'");
      }
    }
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) {
      reader.refuse(*table.get(plural(kind)), "'" + *twice + "' is listed twice");
    }
    if (!names.empty()) manifest.provides[kind] = std::move(names);
  }
  if (manifest.provides.empty()) {
    reader.refuse(table.source().begin, "[provides] lists nothing",
                  "list the components, for example models = [\"" + manifest.short_name() + "\"]");
  }
}

// `kind` repeats what [provides] says; it may be left out but not be wrong.
void check_kinds(const Reader& reader, const toml::table& root, const Manifest& manifest) {
  const toml::table& table = reader.section(root, "plugin");
  if (!table.contains("kind")) return;
  std::vector<std::string> written = reader.list(table, "kind"), provided;
  for (const auto& [kind, names] : manifest.provides) provided.push_back(to_string(kind));
  std::sort(written.begin(), written.end());
  std::sort(provided.begin(), provided.end());
  if (written == provided) return;
  reader.refuse(*table.get("kind"),
                "kind says '" + join(written) + "', but [provides] lists '" + join(provided) + "'");
}

std::vector<std::string> provided(const Manifest& manifest,
                                  const std::vector<ComponentKind>& kinds) {
  std::vector<std::string> out;
  for (const ComponentKind kind : kinds) {
    const auto found = manifest.provides.find(kind);
    if (found == manifest.provides.end()) continue;
    out.insert(out.end(), found->second.begin(), found->second.end());
  }
  return out;
}

// A key of a section that is about components must be one of them.
void expect_component(const Reader& reader, const toml::key& key, const std::string& section,
                      const std::string& what, const std::vector<std::string>& known) {
  const std::string name(key.str());
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  reader.refuse(key.source().begin,
                "[" + section + "] names '" + name + "', which is no " + what + " of [provides]",
                did_you_mean(name, known));
}

void read_summaries(const Reader& reader, const toml::table& root, Manifest& manifest) {
  const std::vector<std::string> known = provided(manifest, component_kinds());
  for (const auto& [key, node] : reader.section(root, "summary")) {
    expect_component(reader, key, "summary", "component", known);
    manifest.summaries[std::string(key.str())] = reader.text(node, std::string(key.str()));
  }
}

void read_fits(const Reader& reader, const toml::table& root, Manifest& manifest) {
  const std::vector<std::string> known =
      provided(manifest, {ComponentKind::model, ComponentKind::dataset});
  for (const auto& [key, node] : reader.section(root, "fits")) {
    const std::string name(key.str());
    expect_component(reader, key, "fits", "model or dataset", known);
    try {
      manifest.fits[name] = parse_accepts(reader.text(node, name));
    } catch (const Error& error) {
      const std::string what = error.what();
      if (what.find("E-MANIFEST") == 0) throw;
      reader.refuse(node, what, error.hint());
    }
  }
}

void read_downloads(const Reader& reader, const toml::table& root, Manifest& manifest) {
  const toml::node* node = reader.section(root, "data").get("downloads");
  if (node == nullptr) return;
  if (!node->is_array()) reader.refuse(*node, "'downloads' must be a list of {url, sha256}");
  for (const toml::node& element : *node->as_array()) {
    if (!element.is_table())
      reader.refuse(element, "a download must be {url = \"...\", sha256 = \"...\"}");
    const toml::table& table = *element.as_table();
    reader.expect_keys(table, "data.downloads", {"url", "sha256"});
    const Manifest::Download download{reader.text(table, "url"), reader.text(table, "sha256")};
    if (download.url.empty()) reader.refuse(element, "a download has no url");
    if (download.sha256.size() != 64 || !consists_of(download.sha256, "0123456789abcdef")) {
      reader.refuse(element, "the sha256 of a download must have 64 hexadecimal digits");
    }
    manifest.downloads.push_back(download);
  }
}

void check_keys(const Reader& reader, const toml::table& root) {
  reader.expect_keys(root, "",
                     {"plugin", "source", "build", "provides", "summary", "fits", "data"});
  reader.expect_keys(reader.section(root, "plugin"), "plugin",
                     {"id", "name", "version", "kind", "description", "license", "authors", "url",
                      "support", "paper"});
  reader.expect_keys(reader.section(root, "source"), "source", {"repository", "ref"});
  reader.expect_keys(reader.section(root, "build"), "build", {"sdk", "needs"});
  reader.expect_keys(reader.section(root, "data"), "data", {"downloads"});
  std::vector<std::string> kinds;
  for (const ComponentKind kind : component_kinds()) kinds.push_back(plural(kind));
  reader.expect_keys(reader.section(root, "provides"), "provides", kinds);
}

}  // namespace

Manifest parse_manifest(std::string_view text, const std::string& file) {
  const Reader reader(file);
  if (text.size() > kLongestManifest) {
    reader.refuse(toml::source_position{}, "the file is longer than 60000 bytes");
  }
  toml::table root;
  try {
    root = toml::parse(text, std::string_view(file));
  } catch (const toml::parse_error& error) {
    reader.refuse(error.source().begin, "no valid TOML: " + std::string(error.description()));
  } catch (const UnexpectedToml& error) {
    reader.refuse(toml::source_position{}, std::string("no valid TOML: ") + error.what());
  }
  check_keys(reader, root);
  Manifest manifest;
  read_plugin(reader, root, manifest);
  manifest.repository = reader.needed(root, "source", "repository");
  manifest.ref = reader.text(reader.section(root, "source"), "ref");
  read_build(reader, root, manifest);
  read_provides(reader, root, manifest);
  check_kinds(reader, root, manifest);
  read_summaries(reader, root, manifest);
  read_fits(reader, root, manifest);
  read_downloads(reader, root, manifest);
  return manifest;
}

const std::string& Manifest::summary_of(const std::string& component) const {
  const auto found = summaries.find(component);
  return found == summaries.end() ? description : found->second;
}

std::string Manifest::short_name() const { return id.substr(id.rfind('.') + 1); }

std::string Manifest::provides_text() const {
  std::vector<std::string> parts;
  for (const auto& [kind, names] : provides) parts.push_back(plural(kind) + ": " + join(names));
  return join(parts, "; ");
}

std::string Manifest::kinds_text() const {
  std::vector<std::string> parts;
  for (const auto& [kind, names] : provides) parts.push_back(to_string(kind));
  return join(parts);
}

bool Manifest::provides_component(ComponentKind kind, const std::string& component) const {
  const auto found = provides.find(kind);
  if (found == provides.end()) return false;
  return std::find(found->second.begin(), found->second.end(), component) != found->second.end();
}

const std::vector<ComponentKind>& component_kinds() {
  static const std::vector<ComponentKind> kinds = {ComponentKind::model, ComponentKind::method,
                                                   ComponentKind::dataset, ComponentKind::layer,
                                                   ComponentKind::mask};
  return kinds;
}

std::string plural(ComponentKind kind) { return to_string(kind) + "s"; }

}  // namespace modhost::core
