// A plugin of this host as the conformance checks see it.
#pragma once

#include "candidate.h"
#include "modhost/conformance/subject.h"
#include "plugin_source.h"

namespace modhost::core {

class CheckSubject : public conformance::Subject {
 public:
  // `source` answers for the names of other components; both outlive this object.
  CheckSubject(const Candidate& candidate, PluginSource& source);

  const conformance::PluginFacts& facts() const override { return facts_; }
  void scan() override;
  std::vector<const Component*> load() override;
  std::vector<const Component*> load_from(const std::filesystem::path& folder) override;
  const Component& ask_for(ComponentKind kind, const std::string& name) override;

 private:
  const Candidate& candidate_;
  PluginSource& source_;
  conformance::PluginFacts facts_;
};

}  // namespace modhost::core
