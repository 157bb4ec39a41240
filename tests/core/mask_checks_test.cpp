// The families of masks that come with the SDK under the checks for those of plugins.
// tests/cli/plugin_check.sh has broken ones, each of which is caught.
#include "modhost/conformance/check.h"
#include "modhost/error.h"
#include "modhost/mask_family.h"
#include "modhost/registry.h"

// After LibTorch, which has macros of the same names.
#include <catch2/catch.hpp>

namespace {

using namespace modhost;
using namespace modhost::conformance;

// There is no plugin.
class NoPlugin : public Subject {
 public:
  const PluginFacts& facts() const override { return facts_; }
  void scan() override {}
  std::vector<const Component*> load() override { return {}; }
  std::vector<const Component*> load_from(const std::filesystem::path&) override { return {}; }
  const Component& ask_for(ComponentKind, const std::string& name) override {
    throw Error(ErrorCode::config, "nothing is called '" + name + "'");
  }

 private:
  PluginFacts facts_;
};

OptionValue number(double value) { return {value, "", false}; }

CheckFile options(const std::string& family, const OptionTable& given) {
  CheckFile file;
  file.cases.emplace_back();
  file.cases.back().component = family;
  file.cases.back().options = given;
  return file;
}

// Runs every check of masks on a family; says what was passed over.
std::vector<std::string> pass_all(const std::string& name, const CheckFile& file) {
  Registry registry("modhost");
  register_builtin_masks(registry);
  NoPlugin subject;
  const Context context{subject, file,        registry.find(ComponentKind::mask, name),
                        1,       Level::full, {}};
  REQUIRE(context.component != nullptr);
  std::vector<std::string> skipped;
  for (const Check& check : checks()) {
    if (!applies(check.scope, ComponentKind::mask)) continue;
    const Outcome outcome = check.run(context);
    INFO(name << ", " << check.id << ": " << outcome.text);
    const bool good = outcome.verdict == Verdict::pass || outcome.verdict == Verdict::skip;
    CHECK(good);
    if (outcome.verdict == Verdict::skip) skipped.push_back(check.id);
  }
  return skipped;
}

}  // namespace

TEST_CASE("the families of masks of the SDK pass the checks for those of plugins", "[check]") {
  const std::vector<std::string> trained{"mask-read-off"}, read_off{"mask-grad"};
  CHECK(pass_all("gumbel", {}) == trained);
  CHECK(pass_all("hard_concrete", {}) == trained);
  CHECK(pass_all("hard_concrete", options("hard_concrete", {{"temperature", number(0.1)},
                                                            {"low", number(-1)},
                                                            {"high", number(3)}})) == trained);
  CHECK(pass_all("continuous_sparsification", {}) == trained);
  CHECK(pass_all("continuous_sparsification",
                 options("continuous_sparsification", {{"sharpness", number(1)}})) == trained);
  for (const double share : {0.0, 0.1, 1.0}) {
    CHECK(pass_all("magnitude", options("magnitude", {{"share", number(share)}})) == read_off);
  }
}
