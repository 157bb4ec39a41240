#include <modhost/random.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace modhost;

// Known answers published with Random123 (Salmon et al. 2011), file kat_vectors, philox 4x32 10.
TEST_CASE("philox gives the published numbers", "[random]") {
  CHECK(philox({0, 0, 0, 0}, 0) == PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, ~uint64_t{0}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("uniforms never reach 0 or 1", "[random]") {
  CHECK(uniform_from_bits(0) > 0);
  CHECK(uniform_from_bits(~uint32_t{0}) < 1);
}

TEST_CASE("a permutation holds every index once and depends on the seed", "[random]") {
  const auto order = permutation(1000, 7);
  CHECK(std::set<int64_t>(order.begin(), order.end()).size() == 1000);
  CHECK(*std::max_element(order.begin(), order.end()) == 999);
  CHECK(order == permutation(1000, 7));
  CHECK(order != permutation(1000, 8));
  CHECK(permutation(0, 1).empty());
}

TEST_CASE("a stream goes on from a saved position", "[random]") {
  RandomStream whole(5);
  std::vector<uint32_t> numbers;
  for (int i = 0; i < 11; ++i) numbers.push_back(whole.next());
  RandomStream rest(5, 6);
  for (int i = 6; i < 11; ++i) CHECK(rest.next() == numbers[i]);
}

TEST_CASE("uniform and normal numbers have the right mean and variance", "[random]") {
  constexpr int kCount = 100000;
  RandomStream random(3);
  double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const double u = random.uniform(), z = random.normal();
    sum += u;
    squares += u * u;
    normal_sum += z;
    normal_squares += z * z;
  }
  const double five_sigma = 5 / std::sqrt(double{kCount});
  CHECK(std::abs(sum / kCount - 0.5) < five_sigma * std::sqrt(1.0 / 12));
  CHECK(std::abs(squares / kCount - 1.0 / 3) < five_sigma * std::sqrt(4.0 / 45));
  CHECK(std::abs(normal_sum / kCount) < five_sigma);
  CHECK(std::abs(normal_squares / kCount - 1) < five_sigma * std::sqrt(2.0));
}

TEST_CASE("numbers below a bound are evenly spread", "[random]") {
  RandomStream random(11);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (const int count : counts) CHECK(std::abs(count - 10000) < 5 * std::sqrt(10000.0 * 6 / 7));
}
