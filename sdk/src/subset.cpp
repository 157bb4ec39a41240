#include "modhost/subset.h"

#include <algorithm>
#include <map>
#include <utility>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

class Subset : public Source {
 public:
  Subset(std::shared_ptr<const Source> source, std::vector<int64_t> indices)
      : source_(std::move(source)), indices_(std::move(indices)) {}

  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  Batch load(const std::vector<int64_t>& indices) const override {
    return source_->load(there(indices));
  }
  Batch drawn(const std::vector<int64_t>& indices,
              const std::vector<uint64_t>& draws) const override {
    return source_->drawn(there(indices), draws);
  }
  std::vector<std::string> groups() const override { return source_->groups(); }
  int64_t group(int64_t index) const override {
    return source_->group(indices_.at(static_cast<size_t>(index)));
  }
  std::vector<std::string> alternatives() const override { return source_->alternatives(); }
  Tensor targets_under(int64_t alternative, const std::vector<int64_t>& indices) const override {
    return source_->targets_under(alternative, there(indices));
  }
  std::vector<std::string> output_groups() const override { return source_->output_groups(); }
  Tensor outputs_of_groups() const override { return source_->outputs_of_groups(); }

 private:
  std::vector<int64_t> there(const std::vector<int64_t>& indices) const {
    std::vector<int64_t> out;
    out.reserve(indices.size());
    for (const int64_t index : indices) out.push_back(indices_.at(static_cast<size_t>(index)));
    return out;
  }

  std::shared_ptr<const Source> source_;
  std::vector<int64_t> indices_;
};

class Joined : public Source {
 public:
  Joined(std::vector<std::shared_ptr<const Source>> parts, std::vector<std::string> names)
      : parts_(std::move(parts)), names_(std::move(names)) {
    check(!parts_.empty() && parts_.size() == names_.size(), ErrorCode::internal,
          "sources are joined without parts or without their names");
    for (const auto& part : parts_) ends_.push_back(size() + part->size());
  }

  int64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  std::vector<std::string> groups() const override { return names_; }
  int64_t group(int64_t index) const override {
    return std::upper_bound(ends_.begin(), ends_.end(), index) - ends_.begin();
  }

  Batch load(const std::vector<int64_t>& indices) const override { return gathered(indices, {}); }
  Batch drawn(const std::vector<int64_t>& indices,
              const std::vector<uint64_t>& draws) const override {
    return gathered(indices, draws);
  }

 private:
  // Each part loads its own at once; then everything is put in the order that was asked for.
  Batch gathered(const std::vector<int64_t>& indices, const std::vector<uint64_t>& draws) const {
    struct Some {
      std::vector<int64_t> inside, rows;
      std::vector<uint64_t> draws;
    };
    std::map<int64_t, Some> by_part;
    for (size_t row = 0; row < indices.size(); ++row) {
      const int64_t part = group(indices[row]);
      Some& some = by_part[part];
      some.inside.push_back(part == 0 ? indices[row]
                                      : indices[row] - ends_[static_cast<size_t>(part - 1)]);
      some.rows.push_back(static_cast<int64_t>(row));
      if (!draws.empty()) some.draws.push_back(draws[row]);
    }
    if (indices.empty()) return parts_.front()->load({});
    std::vector<Batch> batches;
    std::vector<int64_t> place(indices.size());  // of each row among all that were loaded
    int64_t loaded = 0;
    for (const auto& [part, some] : by_part) {
      const Source& own = *parts_[static_cast<size_t>(part)];
      batches.push_back(draws.empty() ? own.load(some.inside) : own.drawn(some.inside, some.draws));
      for (const int64_t row : some.rows) place[static_cast<size_t>(row)] = loaded++;
    }
    return reordered(concatenated(batches), torch::tensor(place));
  }

  static Batch reordered(const Batch& batch, const Tensor& order) {
    const auto rows = [&](const Tensor& value) {
      return value.defined() ? value.index_select(0, order) : value;
    };
    return {rows(batch.input), rows(batch.target), rows(batch.input_length),
            rows(batch.target_length), batch.steps};
  }

  std::vector<std::shared_ptr<const Source>> parts_;
  std::vector<std::string> names_;
  std::vector<int64_t> ends_;  // of each part
};

}  // namespace

std::shared_ptr<const Source> joined(std::vector<std::shared_ptr<const Source>> parts,
                                     std::vector<std::string> names) {
  return std::make_shared<Joined>(std::move(parts), std::move(names));
}

std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source,
                                     std::vector<int64_t> indices) {
  return std::make_shared<Subset>(std::move(source), std::move(indices));
}

}  // namespace v1
}  // namespace modhost
