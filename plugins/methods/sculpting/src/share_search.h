// How much is pruned next (Patil et al. 2023, appendix on pruning): more and more along a schedule
// until accuracy is lost; from then on in steps that are halved at each loss, down to one unit or
// edge.
#pragma once

#include <cstdint>
#include <string>

namespace modhost_sculpting {

enum class Shape {
  linear,       // the same share each time
  lth,          // the same share of what is left (Frankle, Carbin 2019)
  exponential,  // half as much as the time before
  cosine,       // slow at both ends
  cubic,        // fast at first (Zhu, Gupta 2018)
};
Shape shape_named(const std::string& name);

struct Schedule {
  Shape shape = Shape::linear;
  double gradient = 0;     // per cent in the first step, of linear, lth and exponential
  int64_t iterations = 0;  // to 100 per cent, of cosine and cubic
  double initial = 0;      // per cent that is pruned before it begins
  // Goes on from networks whose units were pruned before: lth takes shares of `gradient` itself,
  // and cubic its steps 300 / iterations (1 - j / iterations)^3, as the published program does
  // then.
  bool continued = false;

  // Per cent pruned in all after step i >= 1; may be above 100.
  double at(int64_t i) const;
};

class ShareSearch {
 public:
  // `smallest`: per cent, the last step to be tried.
  ShareSearch(const Schedule& schedule, double smallest);

  bool done() const { return done_; }
  double target() const { return target_; }  // per cent to prune in all, below 100; until done()
  double reached() const { return last_; }   // per cent asked for at the last success
  int64_t accepted() const { return accepted_; }
  int64_t trials() const { return trials_; }  // targets judged
  // What became of the target.
  void judge(bool good);

 private:
  void next();  // the target of step i; those of 100 per cent and more are lost untried
  void lose();

  Schedule schedule_;
  double smallest_;
  double last_, step_, target_ = 0;
  int64_t i_ = 1, accepted_ = 0, trials_ = 0;
  bool follows_ = true, done_ = false;
};

}  // namespace modhost_sculpting
