#include "check_process.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace {

using namespace modhost::core;
using namespace modhost::conformance;
using Catch::Contains;

constexpr ProcessLimits kSoon{20, false};
constexpr ProcessLimits kToTheEnd{20, true};

TEST_CASE("a check in a process delivers its verdict and text") {
  const CheckResult passed = run_in_child([] { return pass("fine: \"\n\xff"); }, kSoon);
  CHECK(passed.result == "pass");
  CHECK(passed.text == "fine: \"\n\xff");
  CHECK(run_in_child([] { return warn("w"); }, kSoon).result == "warn");
  CHECK(run_in_child([] { return fail("f"); }, kSoon).result == "fail");
  CHECK(run_in_child([] { return skip("s"); }, kSoon).result == "skip");
  CHECK(run_in_child([] { return pass(std::string(40000, 'x')); }, kSoon).text.size() == 40000);
}

TEST_CASE("an exception is a failure with its words, in a process and without") {
  const auto work = []() -> Outcome { throw std::out_of_range("no such thing"); };
  for (const CheckResult& result : {run_in_child(work, kSoon), run_here(work)}) {
    CHECK(result.result == "fail");
    CHECK(result.text == "std::out_of_range: no such thing");
  }
}

TEST_CASE("a check that dies is a crash with the signal's name and its last words") {
  const CheckResult result = run_in_child(
      []() -> Outcome {
        std::cout << "first line\nlast words" << std::endl;
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
        return pass();
      },
      kSoon);
  CHECK(result.result == "crash");
  CHECK(result.text == "SIGSEGV (Segmentation fault); it printed 'last words'");
  const CheckResult left = run_in_child([]() -> Outcome { ::_exit(3); }, kSoon);
  CHECK(left.result == "crash");
  CHECK(left.text == "exit code 3");
  const CheckResult silent = run_in_child([]() -> Outcome { ::_exit(0); }, kSoon);
  CHECK(silent.result == "crash");
  CHECK(silent.text == "it ended the process without a result");
}

TEST_CASE("a check that takes too long is killed") {
  const CheckResult result = run_in_child(
      []() -> Outcome {
        std::this_thread::sleep_for(std::chrono::minutes(5));
        return pass();
      },
      {0.3, false});
  CHECK(result.result == "fail");
  CHECK_THAT(result.text, Contains("no result within 0 s and was killed"));
  CHECK(result.seconds < 20);
}

TEST_CASE("the end of the process counts for checks that go to the end, and for no others") {
  const auto work = [] {
    std::atexit([] { std::abort(); });
    return pass();
  };
  CHECK(run_in_child(work, kSoon).result == "pass");
  const CheckResult result = run_in_child(work, kToTheEnd);
  CHECK(result.result == "crash");
  CHECK_THAT(result.text, Contains("SIGABRT") && Contains("while the process ended"));
}

}  // namespace
