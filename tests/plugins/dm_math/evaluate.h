// Arithmetic on the text of a question, independent of how the generator writes it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dm_math_test {

// A polynomial in a small step, up to its third power: coefficient [n] times n! is the nth
// derivative.
using Jet = std::array<int64_t, 4>;

// The value of "3*x**2 - y + 4" with these letters. Throws std::runtime_error for what is no
// expression.
Jet evaluate(std::string_view text, const std::map<char, Jet>& letters);

// "0.25", "-3", "2/3" in units of 1/kUnit.
constexpr int64_t kUnit = 2520 * 1000;
__int128 exact(std::string_view text);

std::vector<std::string> split(std::string_view text, std::string_view separator);

}  // namespace dm_math_test
