// Functions of bits, written down:
//
//   carry = x0 & x1
//   y0 = x0 ^ x1
//   y1 = !carry | x2
//
// Operators, the tightest first: ! (not), & (and), ^ (xor), | (or), and the words not, and, xor,
// or; brackets; 0 and 1. Inputs are x0, x1, ...; every other name is a function, defined once,
// anywhere. Statements end with a line or with ';'. '#' begins a comment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_boolean {

// A node of a formula.
struct Term {
  enum class Kind { constant, input, function, negation, conjunction, parity, disjunction };
  Kind kind = Kind::constant;
  int64_t value = 0;        // of a constant; the number of an input or of a function
  std::vector<Term> parts;  // of the others: one or two
};

struct Function {
  std::string name;
  Term term;
};

// Functions in an order in which each comes after those that it reads.
struct Functions {
  int64_t inputs = 0;  // the largest number of an input, plus one
  std::vector<Function> list;
  std::vector<size_t>
      outputs;  // y0, y1, ... if there is a y0; otherwise all that no other one reads
};

// Error(config) with line and column: an unknown name, two definitions, functions that read each
// other in a circle, anything that is no formula, missing numbers of outputs, over 20 inputs.
Functions parse_functions(const std::string& text);

// Of all 2^n inputs, x0 the most significant bit: row r, value of function f at [r * count + f].
std::vector<uint8_t> evaluate_all(const Functions& functions, int64_t inputs);

// Numbers of inputs and of functions that a term names, without repetition.
struct Reads {
  std::vector<int64_t> inputs, functions;
};
Reads reads_of(const Term& term);

}  // namespace modhost_boolean
