#include "max_pool.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "pool_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

int64_t windows(int64_t size, int64_t kernel, int64_t stride, int64_t padding) {
  const int64_t room = size + 2 * padding - kernel;
  return room < 0 ? 0 : room / stride + 1;
}

PoolShape shape_of(const Tensor& x, const ops::Pool2dGeometry& how) {
  const ops::Sides &kernel = how.kernel, &stride = how.stride, &padding = how.padding;
  const ops::Sides out = pooled_sides({x.size(2), x.size(3)}, how);
  return {{x.size(2), out.height, kernel.height, stride.height, padding.height},
          {x.size(3), out.width, kernel.width, stride.width, padding.width},
          x.size(1)};
}

bool fits(int64_t kernel, int64_t stride, int64_t padding) {
  return kernel > 0 && stride > 0 && padding >= 0 && 2 * padding <= kernel;
}

// How a batch divides into what one call of a kernel takes.
struct Pieces {
  bool pixels;  // images of pixels, or single planes
  int64_t count, in, out;

  Pieces(const Tensor& x, const PoolShape& shape)
      : pixels(x.suggest_memory_format() == torch::MemoryFormat::ChannelsLast),
        count(x.size(0) * (pixels ? 1 : x.size(1))) {
    const int64_t channels = pixels ? shape.channels : 1;
    in = channels * shape.down.size * shape.across.size;
    out = channels * shape.down.windows * shape.across.windows;
  }
  // Calls work(first entry of the piece in x, and in y) for each, in parallel.
  template <typename F>
  void each(const F& work) const {
    constexpr int64_t kGrain = 16384;  // entries per thread at least
    at::parallel_for(0, count, kGrain / in + 1, [&](int64_t begin, int64_t end) {
      for (int64_t piece = begin; piece < end; ++piece) work(piece * in, piece * out);
    });
  }
};

}  // namespace

bool can_max_pool(const ops::Sides& size, const ops::Pool2dGeometry& how) {
  constexpr int64_t kMostTaps = 255;  // whose positions fit into a byte
  const ops::Sides &kernel = how.kernel, &stride = how.stride, &padding = how.padding;
  if (!fits(kernel.height, stride.height, padding.height)) return false;
  if (!fits(kernel.width, stride.width, padding.width)) return false;
  if (kernel.height > kMostTaps || kernel.height * kernel.width > kMostTaps) return false;
  const ops::Sides out = pooled_sides(size, how);
  return out.height > 0 && out.width > 0;
}

bool can_max_pool(const Tensor& x, const ops::Pool2dGeometry& how) {
  if (!x.is_cpu() || x.dim() != 4 || x.numel() == 0) return false;
  if (x.scalar_type() != torch::kFloat && x.scalar_type() != torch::kDouble) return false;
  return can_max_pool(ops::Sides(x.size(2), x.size(3)), how);
}

ops::Sides pooled_sides(const ops::Sides& size, const ops::Pool2dGeometry& how) {
  return {windows(size.height, how.kernel.height, how.stride.height, how.padding.height),
          windows(size.width, how.kernel.width, how.stride.width, how.padding.width)};
}

Tensor empty_pooled(const Tensor& x, int64_t n, const ops::Pool2dGeometry& how,
                    torch::ScalarType type) {
  const ops::Sides out = pooled_sides({x.size(2), x.size(3)}, how);
  return torch::empty({n, x.size(1), out.height, out.width}, x.options().dtype(type),
                      x.suggest_memory_format());
}

void max_pool(const Tensor& x, const ops::Pool2dGeometry& how, const Tensor& y, const Tensor& at) {
  const PoolShape shape = shape_of(x, how);
  const Pieces pieces(x, shape);
  uint8_t* const where = at.defined() ? at.data_ptr<uint8_t>() : nullptr;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "max_pool", [&] {
    const auto& kernels = pool_kernels<scalar_t>();
    const auto kernel = pieces.pixels ? kernels.pixels : kernels.plane;
    const scalar_t* const from = x.data_ptr<scalar_t>();
    scalar_t* const to = y.data_ptr<scalar_t>();
    pieces.each([&](int64_t in, int64_t out) {
      kernel(shape, from + in, to + out, where == nullptr ? nullptr : where + out);
    });
  });
}

void max_pool_backward(const Tensor& g, const Tensor& at, const ops::Pool2dGeometry& how,
                       const Tensor& dx) {
  const PoolShape shape = shape_of(dx, how);
  const Pieces pieces(dx, shape);
  const uint8_t* const where = at.data_ptr<uint8_t>();
  AT_DISPATCH_FLOATING_TYPES(g.scalar_type(), "max_pool_backward", [&] {
    const auto& kernels = pool_kernels<scalar_t>();
    const auto kernel = pieces.pixels ? kernels.pixels_backward : kernels.plane_backward;
    const scalar_t* const from = g.data_ptr<scalar_t>();
    scalar_t* const to = dx.data_ptr<scalar_t>();
    pieces.each([&](int64_t in, int64_t out) { kernel(shape, from + out, where + out, to + in); });
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
