#include "method_run.h"

#include "doubles.h"
#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost::conformance {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<DatasetBase> dataset_for(const Context& context, const CheckFile::Case& written) {
  if (written.dataset.empty()) return stand_in_dataset();
  const auto& entry = static_cast<const DatasetEntry&>(
      context.subject.ask_for(ComponentKind::dataset, written.dataset));
  return entry.make(options_of(entry, {}));
}

std::unique_ptr<ModelBase> model_for(const Context& context, const CheckFile::Case& written,
                                     const Signature& signature) {
  if (written.model.empty()) return stand_in_network(signature);
  const auto& entry =
      static_cast<const ModelEntry&>(context.subject.ask_for(ComponentKind::model, written.model));
  check(entry.accepts.fits(signature), ErrorCode::config,
        "model '" + written.model + "' does not take '" + signature.text() + "'");
  return entry.make({signature, options_of(entry, {})});
}

}  // namespace

MethodRun::MethodRun(const Context& context, const CheckFile::Case& written, const fs::path& folder,
                     int64_t stop_after)
    : progress_(stop_, stop_after) {
  make_folder(folder);
  const auto& entry = static_cast<const MethodEntry&>(*context.component);
  method_ = entry.make(options_of(entry, written));
  check(method_ != nullptr, ErrorCode::plugin, "no method is made");
  Experiment::Parts parts;
  parts.dataset = dataset_for(context, written);
  parts.model = model_for(context, written, parts.dataset->signature());
  parts.plan.epochs = 4;
  parts.plan.batch_size = 32;
  parts.plan.lr = 1e-2;
  parts.folder = folder;
  parts.seed = context.seed;
  parts.progress = &progress_;
  parts.stop = &stop_;
  experiment_ = std::make_unique<Experiment>(std::move(parts));
}

bool MethodRun::run() {
  try {
    method_->run(*experiment_);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) return false;
    throw;
  }
}

Leftovers leftovers(const fs::path& folder, const RunWriter& results) {
  Leftovers out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).string();
    if (!entry.is_regular_file() || name.rfind("checkpoints", 0) == 0) continue;
    out.files[name] = read_file(entry.path());
  }
  out.scalars = results.scalars();
  return out;
}

std::string first_difference(const Leftovers& a, const Leftovers& b) {
  for (const auto& [name, bytes] : a.files) {
    const auto other = b.files.find(name);
    if (other == b.files.end()) return "'" + name + "' is there once only";
    if (other->second != bytes) return "'" + name + "' has other bytes";
  }
  if (a.files.size() != b.files.size()) return "one run leaves more files";
  for (const auto& [name, value] : a.scalars) {
    const auto other = b.scalars.find(name);
    if (other == b.scalars.end() || other->second != value) {
      return "the number '" + name + "' is another";
    }
  }
  return a.scalars.size() == b.scalars.size() ? "" : "one run reports more numbers";
}

}  // namespace modhost::conformance
