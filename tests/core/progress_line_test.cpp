#include "progress_line.h"

#include <catch2/catch.hpp>

#include "text_table.h"

namespace {

using namespace modhost::core;

ProgressState half_way() {
  ProgressState state;
  state.stage = "training";
  state.unit = "problems";
  state.done = 15500;
  state.total = 30000;
  state.rate = 181.3;
  state.numbers = {{"accuracy", 0.6612}, {"loss", 1.2346}};
  return state;
}

TEST_CASE("a progress line shows stage, bar, rate, time left and numbers") {
  CHECK(progress_line(half_way(), 100) ==
        "training  ██████████▎           51 %  181 problems/s  1:20 left  accuracy 0.661  loss "
        "1.235");
}

TEST_CASE("a narrow terminal loses the last parts first and the line never wraps") {
  CHECK(progress_line(half_way(), 80) ==
        "training  ██████████▎           51 %  181 problems/s  1:20 left  accuracy 0.661");
  for (int width = 0; width < 120; ++width) {
    CHECK(static_cast<int>(display_width(progress_line(half_way(), width))) <= width);
  }
  CHECK(progress_line(half_way(), 5) == "train");
}

TEST_CASE("a total that is not known has a count instead of a bar") {
  ProgressState state = half_way();
  state.total = 0;
  CHECK(progress_line(state, 60) == "training  15,500 problems  181 problems/s  accuracy 0.661");
}

TEST_CASE("where no line is redrawn, progress is a sentence") {
  ProgressState state = half_way();
  CHECK(progress_sentence(state) == "training: 51 %, 181 problems/s, 1:20 left");
  state.total = 0;
  CHECK(progress_sentence(state) == "training: 15,500 problems, 181 problems/s");
  state.rate = 0;
  CHECK(progress_sentence(state) == "training: 15,500 problems");
}

TEST_CASE("nothing is promised before a rate is known") {
  ProgressState state = half_way();
  state.rate = 0;
  state.numbers.clear();
  CHECK(progress_line(state, 80) == "training  ██████████▎           51 %");
}

TEST_CASE("the bar is empty at the start, full at the end and never longer") {
  ProgressState state = half_way();
  state.rate = 0;
  state.numbers.clear();
  state.done = 0;
  CHECK(progress_line(state, 80) == "training                         0 %");
  state.done = 30000;
  CHECK(progress_line(state, 80) == "training  ████████████████████ 100 %");
  state.done = 40000;
  CHECK(progress_line(state, 80) == "training  ████████████████████ 133 %");
}

TEST_CASE("durations read as minutes or hours") {
  CHECK(duration_text(0.4) == "0:00");
  CHECK(duration_text(31) == "0:31");
  CHECK(duration_text(727) == "12:07");
  CHECK(duration_text(11100) == "3:05:00");
  CHECK(duration_text(1e300) == "more than 100 days");
}

TEST_CASE("numbers keep the digits that matter") {
  CHECK(short_number(0) == "0");
  CHECK(short_number(0.66251) == "0.663");
  CHECK(short_number(-0.5) == "-0.500");
  CHECK(short_number(12.44) == "12.4");
  CHECK(short_number(1750.2) == "1,750");
  CHECK(short_number(3.2e-5) == "3.2e-05");
  CHECK(count_text(-1234567) == "-1,234,567");
  CHECK(count_text(999) == "999");
}

}  // namespace
