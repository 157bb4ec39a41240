#include "share_search.h"

#include <modhost/error.h>

#include <algorithm>
#include <cmath>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

Shape shape_named(const std::string& name) {
  if (name == "lth") return Shape::lth;
  if (name == "exponential") return Shape::exponential;
  if (name == "cosine") return Shape::cosine;
  if (name == "cubic") return Shape::cubic;
  return Shape::linear;
}

double Schedule::at(int64_t i) const {
  const auto step = static_cast<double>(i), all = static_cast<double>(iterations);
  const double left = 1 - gradient / 100;
  double sum = 0;
  switch (shape) {
    case Shape::linear:
      return initial + gradient * step;
    case Shape::lth:
      if (!continued) return 100 - 100 * std::pow(left, step);
      for (int64_t j = 0; j < i; ++j) sum += gradient * std::pow(left, static_cast<double>(j));
      return initial + sum;
    case Shape::exponential:
      for (int64_t j = 0; j < i; ++j) sum += gradient * std::pow(0.5, static_cast<double>(j));
      return initial + sum;
    case Shape::cosine: {
      constexpr double kPi = 3.14159265358979323846;
      return 100 - 50 * (1 + std::cos(kPi * std::min(step / all, 1.0)));
    }
    case Shape::cubic:
      if (!continued) return 100 - 100 * std::pow(std::max(1 - step / all, 0.0), 3);
      for (int64_t j = 0; j < std::min(i, iterations); ++j) {
        sum += 300 / all * std::pow(1 - static_cast<double>(j) / all, 3);
      }
      return initial + sum;
  }
  return 0;
}

ShareSearch::ShareSearch(const Schedule& schedule, double smallest)
    : schedule_(schedule), smallest_(smallest), last_(schedule.initial), step_(smallest) {
  next();
}

void ShareSearch::next() {
  while (!done_) {
    // A schedule that comes to a standstill goes on in the smallest steps; the published program
    // would repeat the same network for ever.
    if (follows_ && schedule_.at(i_) - last_ < std::min(smallest_, 100 - last_)) {
      follows_ = false;
      step_ = smallest_;
    }
    target_ = follows_ ? schedule_.at(i_) : last_ + step_;
    if (follows_) step_ = target_ - last_;
    if (target_ < 100) return;
    lose();
  }
}

void ShareSearch::judge(bool good) {
  ++trials_;
  if (good) {
    last_ = target_;
    ++accepted_;
    ++i_;
  } else {
    lose();
  }
  next();
}

void ShareSearch::lose() {
  ++i_;
  if (step_ > smallest_) {
    follows_ = false;
    step_ = std::max(step_ / 2, smallest_);
  } else {
    done_ = true;
  }
}

}  // namespace modhost_sculpting
