// The panels of a problem as a batch of images, and their features as rows of candidates.
#pragma once

#include <modhost/model.h>

namespace modhost_scl {

// Sizes of a problem: `context` panels, then `candidates`, of which one completes the row.
struct Panels {
  int64_t context;
  int64_t candidates;
  int64_t side;

  explicit Panels(const modhost::Signature& signature);
  int64_t images() const { return context + candidates; }

  // [n, images, side, side] -> [n*images, 1, side, side]
  modhost::Tensor as_images(const modhost::Tensor& input) const;

  // How often each image counts in batch statistics when all problems are spelt out as `candidates`
  // rows of context + 1 images: [n*images].
  modhost::Tensor repetitions(int64_t problems) const;

  // [n*images, d] -> [n, candidates, d, context+1]: for each candidate and feature its value in the
  // context panels and in the candidate.
  modhost::Tensor rows(const modhost::Tensor& features) const;
};

// Side of the image after `halvings` 3x3 convolutions of stride 2 and padding 1.
int64_t halved_side(int64_t side, size_t halvings);

}  // namespace modhost_scl
