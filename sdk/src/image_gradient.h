// The gradient of images that were pooled at once: made a few rows at a time, so that it never is
// in memory as a whole.
#pragma once

#include "max_pool.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class ImageGradient {
 public:
  // Of images that nothing pooled: all of it, [n, c, h, w].
  explicit ImageGradient(const Tensor& whole) : given_(whole) {}

  // Of images of that size that max_pool() took to what has the gradient `given` [n, c, h', w'] and
  // the positions `at`. rows() gives no more than `most` of them at once.
  ImageGradient(const Tensor& given, const Tensor& at, const ops::Pool2dGeometry& pooling,
                const ops::Sides& size, int64_t most)
      : given_(given),
        at_(at),
        pooling_(pooling),
        room_(torch::empty({most, given.size(1), size.height, size.width}, given.options(),
                           at.suggest_memory_format())) {}

  bool pooled() const { return at_.defined(); }
  // What came in: the sum over the positions of a channel is that of the whole gradient.
  const Tensor& given() const { return given_; }

  // Rows [first, first + count), overwritten by the next call.
  Tensor rows(int64_t first, int64_t count) const {
    const Tensor own = given_.narrow(0, first, count);
    if (!pooled()) return own;
    const Tensor out = room_.narrow(0, 0, count);
    max_pool_backward(own, at_.narrow(0, first, count), pooling_, out);
    return out;
  }

 private:
  Tensor given_, at_;
  ops::Pool2dGeometry pooling_;
  Tensor room_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
