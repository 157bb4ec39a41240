// Mean and variance of vectors that come one by one, by Welford's update.
#pragma once

#include <algorithm>

#include "modhost/tensor.h"

namespace modhost::bench {

class Moments {
 public:
  void add(const Tensor& values) {
    ++count_;
    const Tensor step = values - (count_ == 1 ? torch::zeros_like(values) : mean_);
    mean_ = count_ == 1 ? values.clone() : mean_ + step / count_;
    squares_ = count_ == 1 ? torch::zeros_like(values) : squares_ + step * (values - mean_);
  }
  int64_t count() const { return static_cast<int64_t>(count_); }
  const Tensor& mean() const { return mean_; }
  Tensor variance() const { return squares_ / std::max(count_ - 1, 1.0); }
  Tensor error() const { return (variance() / count_).sqrt(); }  // of mean()
  // Of mean() times `factor`: expected squared error, summed over the entries.
  double squared_error(const Tensor& factor) const {
    return (variance() * factor * factor).sum().item<double>() / count_;
  }

 private:
  double count_ = 0;
  Tensor mean_, squares_;
};

}  // namespace modhost::bench
