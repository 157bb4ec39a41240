#include "modhost/image_source.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

namespace modhost {
inline namespace v1 {
namespace {

// work(0) .. work(count - 1), by all threads; an exception must not leave a parallel region.
template <typename F>
void in_parallel(size_t count, const F& work) {
  std::exception_ptr failure;
  std::mutex failing;
  at::parallel_for(0, static_cast<int64_t>(count), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      try {
        work(static_cast<size_t>(i));
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failing);
        failure = std::current_exception();
      }
    }
  });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

ImageReader::~ImageReader() = default;
std::vector<std::string> ImageReader::groups() const { return {}; }
int64_t ImageReader::group(int64_t) const { return 0; }

bool ImageMemory::take(int64_t bytes) {
  if (left_.fetch_sub(bytes) >= bytes) return true;
  left_.fetch_add(bytes);
  return false;
}

ImageSource::ImageSource(std::unique_ptr<ImageReader> reader, std::vector<int64_t> shape,
                         const PixelScale& scale, std::shared_ptr<ImageMemory> memory)
    : reader_(std::move(reader)),
      shape_(std::move(shape)),
      bytes_(std::accumulate(shape_.begin(), shape_.end(), int64_t{1}, std::multiplies<>())),
      memory_(std::move(memory)),
      kept_(static_cast<size_t>(reader_->size())) {
  for (size_t byte = 0; byte < table_.size(); ++byte) {
    table_[byte] = (static_cast<float>(byte) - scale.zero) / scale.unit;
  }
}

ImageSource::~ImageSource() = default;

// Byte for byte through a table: faster than three passes over the batch.
void ImageSource::scaled(const uint8_t* pixels, float* out) const {
  std::transform(pixels, pixels + bytes_, out, [this](uint8_t byte) { return table_[byte]; });
}

void ImageSource::read(int64_t index, float* out, int64_t* target) const {
  auto pixels = std::make_unique<uint8_t[]>(static_cast<size_t>(bytes_));
  *target = reader_->read(index, pixels.get());
  scaled(pixels.get(), out);
  if (memory_->take(bytes_)) kept_[static_cast<size_t>(index)] = {std::move(pixels), *target};
}

Batch ImageSource::load(const std::vector<int64_t>& indices) const {
  std::vector<int64_t> shape{static_cast<int64_t>(indices.size())};
  shape.insert(shape.end(), shape_.begin(), shape_.end());
  const Tensor input = torch::empty(shape), target = torch::empty({shape.front()}, torch::kLong);
  const auto row = [&](size_t at) {
    return input.data_ptr<float>() + static_cast<int64_t>(at) * bytes_;
  };
  auto* targets = target.data_ptr<int64_t>();
  std::map<int64_t, size_t> first;  // of what is not kept: index -> row that reads it
  for (size_t at = 0; at < indices.size(); ++at) {
    const Kept& kept = kept_.at(static_cast<size_t>(indices[at]));
    if (kept.pixels == nullptr) {
      first.emplace(indices[at], at);
    } else {
      scaled(kept.pixels.get(), row(at));
      targets[at] = kept.target;
    }
  }
  if (first.empty()) return {input, target};
  const std::vector<std::pair<int64_t, size_t>> missing(first.begin(), first.end());
  in_parallel(missing.size(), [&](size_t i) {
    const auto [index, at] = missing[i];
    read(index, row(at), targets + at);
  });
  for (size_t at = 0; at < indices.size(); ++at) {
    const auto found = first.find(indices[at]);
    if (found == first.end() || found->second == at) continue;
    std::copy_n(row(found->second), bytes_, row(at));
    targets[at] = targets[found->second];
  }
  return {input, target};
}

}  // namespace v1
}  // namespace modhost
