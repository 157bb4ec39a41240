#include "modhost/subset.h"

#include <utility>

namespace modhost {
inline namespace v1 {
namespace {

class Subset : public Source {
 public:
  Subset(std::shared_ptr<const Source> source, std::vector<int64_t> indices)
      : source_(std::move(source)), indices_(std::move(indices)) {}

  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  Batch load(const std::vector<int64_t>& indices) const override {
    std::vector<int64_t> there;
    there.reserve(indices.size());
    for (const int64_t index : indices) there.push_back(indices_.at(static_cast<size_t>(index)));
    return source_->load(there);
  }
  std::vector<std::string> groups() const override { return source_->groups(); }
  int64_t group(int64_t index) const override {
    return source_->group(indices_.at(static_cast<size_t>(index)));
  }

 private:
  std::shared_ptr<const Source> source_;
  std::vector<int64_t> indices_;
};

}  // namespace

std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source,
                                     std::vector<int64_t> indices) {
  return std::make_shared<Subset>(std::move(source), std::move(indices));
}

}  // namespace v1
}  // namespace modhost
