#include "shake.h"

#include <modhost/random.h>
#include <torch/nn/functional/vision.h>

#include <cmath>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double either_way(RandomStream& random, double size) { return size * (2 * random.uniform() - 1); }

// Where the pixels of the changed image are looked up, in coordinates from -1 to 1: [2, 3].
void write_place(float* out, const Shake& shake, uint64_t seed, int64_t height, int64_t width) {
  RandomStream random(seed);
  const auto moves = static_cast<uint64_t>(2 * shake.jitter + 1);
  const double down = static_cast<double>(random.below(moves)) - static_cast<double>(shake.jitter);
  const double across =
      static_cast<double>(random.below(moves)) - static_cast<double>(shake.jitter);
  const double size = 1 + either_way(random, shake.zoom);
  const double angle = either_way(random, shake.rotation) * std::acos(-1.0) / 180;
  const auto h = static_cast<double>(height), w = static_cast<double>(width);
  const double cosine = std::cos(angle) / size, sine = std::sin(angle) / size;
  const double place[6] = {cosine,       -sine * h / w, 2 * across / w,
                           sine * w / h, cosine,        2 * down / h};
  for (int i = 0; i < 6; ++i) out[i] = static_cast<float>(place[i]);
}

}  // namespace

Tensor shaken(const Tensor& images, const Shake& shake, const std::vector<uint64_t>& seeds,
              int64_t step) {
  namespace F = torch::nn::functional;
  Tensor places = torch::empty({images.size(0), 2, 3}, torch::kFloat);
  for (size_t row = 0; row < seeds.size(); ++row) {
    const uint64_t seed =
        derive_seed(derive_seed(seeds[row], "shake"), static_cast<uint64_t>(step));
    write_place(places.data_ptr<float>() + 6 * row, shake, seed, images.size(2), images.size(3));
  }
  const Tensor grid = F::affine_grid(places.to(images.options()), images.sizes(), false);
  return F::grid_sample(images, grid,
                        F::GridSampleFuncOptions()
                            .mode(torch::kBilinear)
                            .padding_mode(torch::kBorder)
                            .align_corners(false));
}

}  // namespace modhost_featurevis
