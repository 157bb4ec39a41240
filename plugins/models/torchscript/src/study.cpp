#include "study.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace modhost_torchscript {

namespace {

// Compares what the sites saw in three runs.
class Study {
 public:
  Study(std::vector<Observation> base, std::vector<Observation> changed,
        std::vector<Observation> resized, const Trial& trial)
      : base_(std::move(base)),
        changed_(std::move(changed)),
        resized_(std::move(resized)),
        trial_(trial) {}

  // Tells each site what it saw. Returns why that is not possible, "" when it is.
  std::string teach() {
    bool alike = base_.size() == changed_.size() && base_.size() == resized_.size();
    for (size_t i = 0; alike && i < base_.size(); ++i) {
      alike = base_[i].site == changed_[i].site && base_[i].site == resized_[i].site;
    }
    if (!alike) return "it goes another way for other batches";
    for (size_t i = 0; i < base_.size(); ++i) {
      if (!teach(i)) {
        const Site& site = *base_[i].site;
        return "the samples of a batch cannot be told apart at '" + site.name() + "' (" +
               site.call().operation + "): they influence each other, or change their order";
      }
    }
    return "";
  }

 private:
  bool teach(size_t i) {
    std::vector<std::optional<FoundLayout>> found;
    for (size_t t = 0; t < base_[i].tensors.size(); ++t) {
      const Tensor& tensor = base_[i].tensors[t];
      found.emplace_back();
      if (!tensor.defined()) continue;
      found.back() = find_layout({tensor, changed_[i].tensors[t], resized_[i].tensors[t]}, trial_);
      if (!found.back().has_value()) return false;
    }
    const auto& first = base_[i].tensors;
    if (!first.empty() && first[0].defined()) base_[i].site->set_rank(first[0].dim());
    const auto runs = std::count_if(base_.begin(), base_.end(), [&](const Observation& other) {
      return other.site == base_[i].site;
    });
    base_[i].site->set_runs(runs);
    return base_[i].site->learn(found);
  }

  std::vector<Observation> base_, changed_, resized_;
  Trial trial_;
};

}  // namespace

std::string teach_layouts(std::vector<Observation> base, std::vector<Observation> changed,
                          std::vector<Observation> resized, const Trial& trial) {
  return Study(std::move(base), std::move(changed), std::move(resized), trial).teach();
}

std::string site_key(const Site& site) { return site.name() + ":" + site.call().operation; }

void copy_layouts(const SiteProgram& from, const SiteProgram& to) {
  const size_t count = std::min(from.sites().size(), to.sites().size());
  for (size_t i = 0; i < count; ++i) to.sites()[i]->copy_layouts(*from.sites()[i]);
}

BufferScope::BufferScope(const ScriptFile& file) : file_(file) {
  for (const OwnedTensor& owned : file.tensors) {
    before_.push_back(owned.trained ? Tensor() : owned.tensor.clone());
  }
}

BufferScope::~BufferScope() {
  for (size_t i = 0; i < before_.size(); ++i) {
    if (!before_[i].defined()) continue;
    const OwnedTensor& owned = file_.tensors[i];
    Tensor(owned.tensor).copy_(before_[i]);
    file_.module_at(owned.owner).setattr(owned.name, owned.tensor);
  }
}

}  // namespace modhost_torchscript
