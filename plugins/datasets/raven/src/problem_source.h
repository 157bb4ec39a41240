// Problems as batches of tensors: drawn when they are needed, kept as bytes while there is room.
#pragma once

#include <modhost/dataset.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace modhost::raven {

// Memory for drawn problems, shared by all sources of a dataset.
class CacheBudget {
 public:
  explicit CacheBudget(int64_t bytes) : left_(bytes) {}
  // True when `bytes` were still there; they are then taken.
  bool take(int64_t bytes);

 private:
  std::atomic<int64_t> left_;
};

// Where the pixels of one problem come from.
class ProblemReader {
 public:
  virtual ~ProblemReader();
  virtual int64_t size() const = 0;
  virtual std::vector<std::string> groups() const = 0;
  virtual int64_t group(int64_t index) const = 0;
  // Writes [16, side, side] bytes and returns the target 0..7. Called from several threads.
  virtual int read(int64_t index, uint8_t* pixels) const = 0;
};

class ProblemSource : public Source {
 public:
  ProblemSource(std::unique_ptr<ProblemReader> reader, int64_t side, bool transposed,
                std::shared_ptr<CacheBudget> budget);

  int64_t size() const override { return reader_->size(); }
  // input [n, 16, side, side] float 0..1, target [n]
  Batch load(const std::vector<int64_t>& indices) const override;
  std::vector<std::string> groups() const override { return reader_->groups(); }
  int64_t group(int64_t index) const override { return reader_->group(index); }

 private:
  struct Drawn {
    std::unique_ptr<uint8_t[]> pixels;  // empty while not cached
    int target = 0;
  };
  void fill(int64_t index, uint8_t* pixels, int64_t* target) const;

  std::unique_ptr<ProblemReader> reader_;
  int64_t side_;
  bool transposed_;
  std::shared_ptr<CacheBudget> budget_;
  mutable std::vector<Drawn> cache_;
};

}  // namespace modhost::raven
