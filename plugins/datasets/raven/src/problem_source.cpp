#include "problem_source.h"

#include <ATen/Parallel.h>
#include <modhost/error.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>

#include "problem.h"

namespace modhost::raven {

bool CacheBudget::take(int64_t bytes) {
  if (left_.fetch_sub(bytes) >= bytes) return true;
  left_.fetch_add(bytes);
  return false;
}

ProblemReader::~ProblemReader() = default;

ProblemSource::ProblemSource(std::unique_ptr<ProblemReader> reader, int64_t side, bool transposed,
                             std::shared_ptr<CacheBudget> budget)
    : reader_(std::move(reader)),
      side_(side),
      transposed_(transposed),
      budget_(std::move(budget)),
      cache_(static_cast<size_t>(reader_->size())) {}

void ProblemSource::fill(int64_t index, uint8_t* pixels, int64_t* target) const {
  const auto bytes = static_cast<size_t>(kPanels * side_ * side_);
  Drawn& drawn = cache_[static_cast<size_t>(index)];
  if (drawn.pixels == nullptr) {
    drawn.target = reader_->read(index, pixels);
    if (budget_->take(static_cast<int64_t>(bytes))) {
      drawn.pixels = std::make_unique<uint8_t[]>(bytes);
      std::memcpy(drawn.pixels.get(), pixels, bytes);
    }
  } else {
    std::memcpy(pixels, drawn.pixels.get(), bytes);
  }
  *target = drawn.target;
}

Batch ProblemSource::load(const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Tensor bytes = torch::empty({count, kPanels, side_, side_}, torch::kUInt8);
  const Tensor targets = torch::empty({count}, torch::kLong);
  // Two threads must not fill the same entry of the cache, so an index that occurs twice is read
  // again one after the other.
  std::vector<int64_t> sorted = indices;
  std::sort(sorted.begin(), sorted.end());
  const bool repeats = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  std::exception_ptr failure;
  std::mutex failing;
  const auto work = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      try {
        fill(indices[i], bytes.data_ptr<uint8_t>() + i * kPanels * side_ * side_,
             targets.data_ptr<int64_t>() + i);
      } catch (...) {  // must not leave a parallel region
        const std::lock_guard<std::mutex> lock(failing);
        failure = std::current_exception();
      }
    }
  };
  if (repeats) {
    work(0, count);
  } else {
    at::parallel_for(0, count, 1, work);
  }
  if (failure) std::rethrow_exception(failure);
  const Tensor upright = transposed_ ? bytes.transpose(2, 3) : bytes;
  return {upright.to(torch::kFloat).div_(255), targets};
}

}  // namespace modhost::raven
