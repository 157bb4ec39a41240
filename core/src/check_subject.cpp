#include "check_subject.h"

#include "elf_file.h"
#include "modhost/files.h"

namespace modhost::core {
namespace {

using conformance::PluginFacts;

void read_library(PluginFacts& facts) {
  try {
    const std::string bytes = read_file(facts.library);
    const ElfFile elf(bytes, facts.library.string());
    facts.is_shared_library = true;
    facts.exports = elf.exports();
    facts.run_path = elf.run_path();
    facts.stays_mapped = elf.stays_mapped();
  } catch (const Error&) {  // told by lib-load-now
  }
}

void read_manifest(const Manifest& manifest, PluginFacts& facts) {
  facts.version = manifest.version;
  facts.license = manifest.license;
  facts.fits = manifest.fits;
  if (manifest.authors.empty()) facts.left_out.push_back("authors");
  if (manifest.sdk.empty()) facts.left_out.push_back("sdk in [build]");
  for (const ComponentKind kind : {ComponentKind::model, ComponentKind::dataset}) {
    const auto provided = manifest.provides.find(kind);
    if (provided == manifest.provides.end()) continue;
    for (const std::string& name : provided->second) {
      if (manifest.fits.count(name) == 0) facts.left_out.push_back("'" + name + "' in [fits]");
    }
  }
}

}  // namespace

CheckSubject::CheckSubject(const Candidate& candidate, PluginSource& source)
    : candidate_(candidate), source_(source) {
  facts_.id = candidate.id();
  facts_.folder = candidate.folder;
  facts_.library = candidate.library;
  facts_.problem = candidate.reason;
  facts_.has_mark = candidate.build.has_value();
  if (candidate.manifest) read_manifest(*candidate.manifest, facts_);
  if (!candidate.library.empty()) read_library(facts_);
}

void CheckSubject::scan() { read_candidate(candidate_.folder, candidate_.origin); }

std::vector<const Component*> CheckSubject::load() {
  return source_.loader().load(candidate_).components;
}

std::vector<const Component*> CheckSubject::load_from(const std::filesystem::path& folder) {
  return source_.loader().load(read_candidate(folder, "another path")).components;
}

const Component& CheckSubject::ask_for(ComponentKind kind, const std::string& name) {
  return source_.get(kind, name);
}

}  // namespace modhost::core
