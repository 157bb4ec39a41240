// Max pooling of one image: the loops, without tensors. Compiled once for each instruction set; all
// give the same bits, since nothing is added up but gradients, in the order of the windows.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// Along one direction: what is read, and the windows over it. A window lies partly in the padding,
// never wholly.
struct PoolLine {
  int64_t size, windows;
  int64_t kernel, stride, padding;

  int64_t start(int64_t window) const { return window * stride - padding; }
  // The taps [first, last) of a window that are no padding.
  int64_t first(int64_t window) const { return start(window) < 0 ? -start(window) : 0; }
  int64_t last(int64_t window) const {
    const int64_t rest = size - start(window);
    return rest < kernel ? rest : kernel;
  }
  // Does every entry lie in exactly one window?
  bool tiled() const { return stride == kernel && start(windows) >= size; }
};

struct PoolShape {
  PoolLine down, across;
  int64_t channels;
};

// `at`: which entry of its window, counted row by row, each result is: [as y], at most 254. The
// first of several equal ones; the last NaN where there is one, as in LibTorch.
template <typename T>
struct PoolKernels {
  const char* name;

  // An image with the channels of a pixel next to each other: x [height, width, channels]. `at` may
  // be null.
  void (*pixels)(const PoolShape& shape, const T* x, T* y, uint8_t* at);
  void (*pixels_backward)(const PoolShape& shape, const T* g, const uint8_t* at, T* dx);

  // A single plane [height, width], whatever the channels of the shape.
  void (*plane)(const PoolShape& shape, const T* x, T* y, uint8_t* at);
  void (*plane_backward)(const PoolShape& shape, const T* g, const uint8_t* at, T* dx);
};

template <typename T>
const PoolKernels<T>& pool_kernels();  // the best for this CPU
template <typename T>
std::vector<const PoolKernels<T>*> usable_pool_kernels();

namespace generic {
template <typename T>
const PoolKernels<T>& pool_kernels();
}
namespace avx2 {
template <typename T>
const PoolKernels<T>& pool_kernels();
}
namespace avx512 {
template <typename T>
const PoolKernels<T>& pool_kernels();
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
