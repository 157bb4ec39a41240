// Schedules and the search along them, by hand.
#include "share_search.h"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

using namespace modhost_sculpting;

namespace {

std::vector<double> points(Schedule schedule, int64_t count) {
  std::vector<double> out;
  for (int64_t i = 1; i <= count; ++i) out.push_back(schedule.at(i));
  return out;
}

// The targets in order, when all up to `most` are good.
std::vector<double> targets(ShareSearch search, const std::function<bool(double)>& good) {
  std::vector<double> out;
  while (!search.done()) {
    out.push_back(search.target());
    REQUIRE(out.size() < 200);
    search.judge(good(search.target()));
  }
  return out;
}

void check_equal(const std::vector<double>& found, const std::vector<double>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(wanted[i]).epsilon(1e-12));
}

Schedule linear(double gradient, double initial = 0) {
  Schedule out;
  out.gradient = gradient;
  out.initial = initial;
  return out;
}

}  // namespace

TEST_CASE("schedules are the published formulas", "[search]") {
  Schedule own = linear(30);
  check_equal(points(own, 3), {30, 60, 90});
  own.shape = Shape::lth;
  check_equal(points(own, 3), {30, 51, 65.7});
  own.shape = Shape::exponential;
  check_equal(points(own, 3), {30, 45, 52.5});
  own.iterations = 4;
  own.shape = Shape::cosine;
  check_equal(points(own, 4), {14.644660940672615, 50, 85.35533905932738, 100});
  own.shape = Shape::cubic;
  check_equal(points(own, 4), {57.8125, 87.5, 98.4375, 100});
}

TEST_CASE("after units were pruned, schedules go on from there", "[search]") {
  Schedule own = linear(10, 50);
  own.continued = true;
  check_equal(points(own, 2), {60, 70});
  own.shape = Shape::lth;
  check_equal(points(own, 3), {60, 69, 77.1});
  own.shape = Shape::cubic;
  own.iterations = 10;
  check_equal(points(own, 2), {80, 101.87});  // + 30, + 30 * 0.9^3
}

TEST_CASE("the published example of 24 units", "[search]") {
  // Patil et al.'s own run of [4,24,4] with g = 70: 82.9 and more lose the accuracy.
  check_equal(targets(ShareSearch(linear(70), 100.0 / 24), [](double at) { return at < 80; }),
              {70, 87.5, 78.75, 87.5, 83.125, 78.75 + 100.0 / 24});
}

TEST_CASE("steps are halved down to the smallest, and never leave 100", "[search]") {
  const auto always = [](double) { return true; };
  check_equal(targets(ShareSearch(linear(60), 10), always), {60, 90});  // 120, 90, 120, 105, 100
  const auto never = [](double) { return false; };
  check_equal(targets(ShareSearch(linear(40), 10), never), {40, 20, 10});
  ShareSearch search(linear(40), 10);
  search.judge(true);
  search.judge(false);
  CHECK(search.reached() == 40);
  CHECK(search.accepted() == 1);
  CHECK(search.trials() == 2);
  CHECK(search.target() == 60);
}

TEST_CASE("several good steps in a row keep their size", "[search]") {
  // 50 good, 100 lost untried, 75 lost, 62.5 good, 75 lost, 68.75 good, 75 lost.
  check_equal(targets(ShareSearch(linear(50), 6.25), [](double at) { return at < 70; }),
              {50, 75, 62.5, 75, 68.75, 75});
}

TEST_CASE("a schedule at a standstill goes on in the smallest steps", "[search]") {
  Schedule own = linear(40);
  own.shape = Shape::exponential;  // 40, 60, 70, 75, 77.5, ... never beyond 80
  const auto found = targets(ShareSearch(own, 4), [](double at) { return at < 90; });
  check_equal(found, {40, 60, 70, 75, 79, 83, 87, 91});
}
