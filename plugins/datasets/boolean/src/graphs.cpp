#include "graphs.h"

#include <modhost/error.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace modhost_boolean {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Patterns = std::vector<std::string>;

const Patterns kFirst = {"0011", "1010", "1100"}, kSecond = {"0101", "1001", "1111"};

// True for these values of four inputs, the first one `from`.
std::string sum_of_products(const Patterns& patterns, int64_t from) {
  std::string out;
  for (const std::string& pattern : patterns) {
    out += out.empty() ? "" : " | ";
    for (size_t i = 0; i < pattern.size(); ++i) {
      out += i == 0 ? "" : " & ";
      out += (pattern[i] == '0' ? "!x" : "x") + std::to_string(from + static_cast<int64_t>(i));
    }
  }
  return out;
}

// y0, y1, ... in turn the one and the other.
std::string in_turn(int64_t outputs, const std::string& even, const std::string& odd) {
  std::string out;
  for (int64_t i = 0; i < outputs; ++i) {
    out += "y" + std::to_string(i) + " = " + (i % 2 == 0 ? even : odd) + "\n";
  }
  return out;
}

std::string two_functions(const Patterns& first, const Patterns& second, int64_t second_from) {
  return "a = " + sum_of_products(first, 0) + "\nb = " + sum_of_products(second, second_from) +
         "\n";
}

std::string joined(const std::vector<int64_t>& numbers) {
  std::string out;
  for (const int64_t number : numbers) {
    out += (out.empty() ? "" : ",") + std::to_string(number);
  }
  return out;
}

// Without its number of outputs, where several are published.
std::string text_of(const std::string& kind, int64_t outputs) {
  if (kind == "4,1,2") {
    return two_functions({"1010", "1100"}, {"0011", "1010"}, 0) + in_turn(outputs, "a", "b");
  }
  const std::map<std::string, int64_t> second_from = {{"8,2", 4},   {"7,3,2", 3},   {"6,3,2", 2},
                                                      {"5,3,2", 1}, {"4,1,2,2", 0}, {"8,2,1,2", 4}};
  const auto found = second_from.find(kind);
  if (found == second_from.end()) return "";
  const std::string functions = two_functions(kFirst, kSecond, found->second);
  return functions +
         (kind == "8,2,1,2" ? in_turn(outputs, "a & !b", "b & !a") : in_turn(outputs, "a", "b"));
}

// The same number for the same key, from 0 in order of first appearance.
template <typename Key>
std::vector<int64_t> groups_of(const std::vector<Key>& keys) {
  std::map<Key, int64_t> numbers;
  std::vector<int64_t> out;
  for (const Key& key : keys) {
    out.push_back(numbers.emplace(key, static_cast<int64_t>(numbers.size())).first->second);
  }
  return out;
}

}  // namespace

std::string graph_text(const std::vector<int64_t>& graph) {
  const std::string name = joined(graph);
  if (name == "4,2,4") return "y0 = x0 ^ x1\ny1 = !y0\ny2 = x2 ^ x3\ny3 = !y2\n";
  if (name == "4,1,4") {
    return "a = " + sum_of_products(kFirst, 0) + "\ny0 = a\ny1 = a\ny2 = a\ny3 = a\n";
  }
  if (name == "6,3,3,3") {
    return "a = x0 & x1\nb = x2 & x3\nc = x4 & x5\ny0 = a | b\ny1 = a | c\ny2 = b | c\n";
  }
  const std::array<int64_t, 5> counts = {2, 4, 8, 12, 16};
  std::string text;
  if (!graph.empty() && std::find(counts.begin(), counts.end(), graph.back()) != counts.end()) {
    text = text_of(joined({graph.begin(), graph.end() - 1}), graph.back());
  }
  check(!text.empty(), ErrorCode::config,
        "option 'dataset.graph': there is no published function graph " + name,
        "4,2,4; 4,1,4; 6,3,3,3; or 4,1,2,N; 8,2,N; 7,3,2,N; 6,3,2,N; 5,3,2,N; 4,1,2,2,N; "
        "8,2,1,2,N with N of 2, 4, 8, 12, 16; or write your own in dataset.functions");
  return text;
}

std::string graph_kind(const std::vector<int64_t>& graph) {
  const std::map<std::string, std::string> exact = {
      {"4,2,4", "separable"}, {"4,1,4", "non_modular"}, {"6,3,3,3", "shared_inputs"}};
  if (const auto found = exact.find(joined(graph)); found != exact.end()) return found->second;
  const std::string parts = joined({graph.begin(), graph.end() - 1});
  if (parts == "4,1,2") return "reused";
  if (parts == "8,2,1,2") return "hierarchical";
  return parts == "8,2" ? "separable" : "overlapping";
}

TrueModules true_modules(const Functions& functions, int64_t inputs) {
  TrueModules out;
  std::vector<std::set<size_t>> readers(static_cast<size_t>(inputs));
  for (int64_t i = 0; i < inputs; ++i) out.input_names.push_back("x" + std::to_string(i));
  for (size_t f = 0; f < functions.list.size(); ++f) {
    TrueModules::Function own{functions.list[f].name, {}};
    const Reads reads = reads_of(functions.list[f].term);
    for (const int64_t input : reads.inputs) {
      readers[static_cast<size_t>(input)].insert(f);
      own.reads.push_back(out.input_names[static_cast<size_t>(input)]);
    }
    for (const int64_t other : reads.functions) {
      own.reads.push_back(functions.list[static_cast<size_t>(other)].name);
    }
    out.functions.push_back(std::move(own));
  }
  out.inputs = groups_of(readers);
  const std::vector<uint8_t> table = evaluate_all(functions, inputs);
  const size_t count = functions.list.size();
  std::vector<std::vector<uint8_t>> columns;
  for (const size_t output : functions.outputs) {
    std::vector<uint8_t> column;
    for (size_t at = output; at < table.size(); at += count) {
      column.push_back(table[at] ^ table[output]);  // beginning with 0: the same for the negation
    }
    columns.push_back(std::move(column));
  }
  out.outputs = groups_of(columns);
  return out;
}

}  // namespace modhost_boolean
