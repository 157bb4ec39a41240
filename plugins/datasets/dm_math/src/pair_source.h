// Questions and answers as padded batches of characters.
#pragma once

#include <modhost/dataset.h>

#include <array>
#include <memory>
#include <utility>

#include "module.h"

namespace modhost_dm_math {

using namespace modhost;

// The number of each character; the end token has the next one.
struct Vocabulary {
  explicit Vocabulary(const std::string& characters);
  int64_t end = 0;                  // the number of characters
  std::array<int64_t, 128> number;  // -1 for what is none of them
};

class PairSource : public Source {
 public:
  using Sample = std::pair<Part, uint32_t>;  // one of Module::pairs
  PairSource(std::shared_ptr<const Module> module, const std::string& characters,
             std::vector<Sample> samples)
      : module_(std::move(module)), vocabulary_(characters), samples_(std::move(samples)) {}

  int64_t size() const override { return static_cast<int64_t>(samples_.size()); }
  // input [n, question + 1] and target [n, answer + 1] of the longest in the batch, each ended by
  // the end token and filled up with zeros
  Batch load(const std::vector<int64_t>& indices) const override;

  std::vector<std::string> groups() const override { return part_names(); }
  int64_t group(int64_t index) const override {
    return static_cast<int64_t>(samples_[static_cast<size_t>(index)].first);
  }

 private:
  std::shared_ptr<const Module> module_;
  Vocabulary vocabulary_;
  std::vector<Sample> samples_;
};

}  // namespace modhost_dm_math
