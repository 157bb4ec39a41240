#include "expression.h"

#include <modhost/error.h>

#include <algorithm>
#include <map>
#include <set>

#include "tokens.h"

namespace modhost_boolean {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kMostInputs = 20;
constexpr size_t kLongest = 16384;  // bytes; bounds how deep terms are nested
constexpr size_t kDeepest = 200;    // brackets and negations within each other

// A statement before its names are known.
struct Definition {
  Token name;
  std::vector<Token> words;  // of the formula
};

[[noreturn]] void fail(const Token& at, const std::string& what, const std::string& hint = "") {
  throw Error(ErrorCode::config,
              "functions, line " + std::to_string(at.line) + ", column " +
                  std::to_string(at.column) + ": " + what,
              hint);
}

// The number of "x12" or "y3" after its letter; -1 for other names.
int64_t number_after(char letter, const std::string& name) {
  if (name.size() < 2 || name.size() > 4 || name[0] != letter) return -1;
  if (!std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return -1;
  }
  return std::stoll(name.substr(1));
}

std::vector<Definition> definitions_of(const std::string& text) {
  std::vector<Definition> out;
  const std::vector<Token> tokens = tokens_of(text);
  for (size_t at = 0; at < tokens.size();) {
    if (tokens[at].kind == Token::Kind::end) {
      ++at;
      continue;
    }
    const Token& name = tokens[at];
    if (name.kind != Token::Kind::name) fail(name, "expected the name of a function");
    if (name.text[0] >= '0' && name.text[0] <= '9') fail(name, "a name begins with a letter");
    if (number_after('x', name.text) >= 0) fail(name, "'" + name.text + "' is an input");
    if (tokens[at + 1].text != "=") fail(tokens[at + 1], "expected '=' after '" + name.text + "'");
    Definition own{name, {}};
    for (at += 2; tokens[at].kind != Token::Kind::end; ++at) own.words.push_back(tokens[at]);
    own.words.push_back(tokens[at]);  // where the statement ends
    out.push_back(std::move(own));
  }
  return out;
}

// One formula, by recursive descent.
class Parser {
 public:
  Parser(const std::vector<Token>& words, const std::map<std::string, int64_t>& functions)
      : words_(words), functions_(functions) {}

  Term whole() {
    Term out = disjunction();
    if (here().kind != Token::Kind::end) fail(here(), "did not expect '" + here().text + "'");
    return out;
  }
  int64_t inputs() const { return inputs_; }

 private:
  const Token& here() const { return words_[at_]; }
  bool take(const std::string& sign) {
    if (here().kind == Token::Kind::end || here().text != sign) return false;
    ++at_;
    return true;
  }

  template <typename Part>
  Term chain(Term::Kind kind, const std::string& sign, const Part& part) {
    Term out = part();
    while (take(sign)) out = Term{kind, 0, {std::move(out), part()}};
    return out;
  }
  Term disjunction() {
    return chain(Term::Kind::disjunction, "|", [this] { return parity(); });
  }
  Term parity() {
    return chain(Term::Kind::parity, "^", [this] { return conjunction(); });
  }
  Term conjunction() {
    return chain(Term::Kind::conjunction, "&", [this] { return negation(); });
  }
  Term negation() {
    if (++depth_ > kDeepest) fail(here(), "too many brackets within each other");
    Term out;
    if (take("!")) {
      out = Term{Term::Kind::negation, 0, {negation()}};
    } else if (take("(")) {
      out = disjunction();
      if (!take(")")) fail(here(), "expected ')'");
    } else {
      out = leaf();
    }
    --depth_;
    return out;
  }
  Term leaf() {
    const Token& word = here();
    if (word.kind == Token::Kind::end) fail(word, "the formula ends here");
    if (word.kind == Token::Kind::sign) fail(word, "did not expect '" + word.text + "'");
    ++at_;
    if (word.text == "0" || word.text == "1") return {Term::Kind::constant, word.text == "1", {}};
    const int64_t input = number_after('x', word.text);
    if (input >= 0) {
      if (input >= kMostInputs) fail(word, "there are at most 20 inputs, x0 to x19");
      inputs_ = std::max(inputs_, input + 1);
      return {Term::Kind::input, input, {}};
    }
    const auto found = functions_.find(word.text);
    if (found != functions_.end()) return {Term::Kind::function, found->second, {}};
    std::vector<std::string> known;
    for (const auto& [name, number] : functions_) known.push_back(name);
    fail(word, "unknown name '" + word.text + "'", did_you_mean(word.text, known));
  }

  const std::vector<Token>& words_;
  const std::map<std::string, int64_t>& functions_;
  size_t at_ = 0, depth_ = 0;
  int64_t inputs_ = 0;
};

// Puts each function after those that it reads.
class Sorter {
 public:
  Sorter(std::vector<Function> list, const std::vector<Definition>& definitions)
      : list_(std::move(list)), definitions_(definitions), state_(list_.size(), 0) {}

  std::vector<size_t> order() {
    for (size_t i = 0; i < list_.size(); ++i) visit(i);
    return order_;
  }
  const std::vector<Function>& list() const { return list_; }

 private:
  void visit(size_t own) {
    if (state_[own] == 2) return;
    if (state_[own] == 1) {
      fail(definitions_[own].name, "'" + list_[own].name + "' reads itself, maybe through others");
    }
    state_[own] = 1;
    for (const int64_t other : reads_of(list_[own].term).functions) {
      visit(static_cast<size_t>(other));
    }
    state_[own] = 2;
    order_.push_back(own);
  }

  std::vector<Function> list_;
  const std::vector<Definition>& definitions_;
  std::vector<char> state_;
  std::vector<size_t> order_;
};

void rename(Term& term, const std::vector<size_t>& place) {
  if (term.kind == Term::Kind::function) {
    term.value = static_cast<int64_t>(place[static_cast<size_t>(term.value)]);
  }
  for (Term& part : term.parts) rename(part, place);
}

std::vector<size_t> outputs_of(const std::vector<Function>& list) {
  std::map<int64_t, size_t> numbered;
  std::set<int64_t> read;
  for (size_t i = 0; i < list.size(); ++i) {
    const int64_t number = number_after('y', list[i].name);
    if (number >= 0) numbered[number] = i;
    for (const int64_t other : reads_of(list[i].term).functions) read.insert(other);
  }
  std::vector<size_t> out;
  for (const auto& [number, function] : numbered) {
    check(number == static_cast<int64_t>(out.size()), ErrorCode::config,
          "functions: there is 'y" + std::to_string(number) + "', and no 'y" +
              std::to_string(out.size()) + "'",
          "outputs are y0, y1, y2, ...");
    out.push_back(function);
  }
  for (size_t i = 0; numbered.empty() && i < list.size(); ++i) {
    if (read.count(static_cast<int64_t>(i)) == 0) out.push_back(i);
  }
  return out;
}

void collect(const Term& term, Reads& out) {
  const auto add = [&](std::vector<int64_t>& to) {
    if (std::find(to.begin(), to.end(), term.value) == to.end()) to.push_back(term.value);
  };
  if (term.kind == Term::Kind::input) add(out.inputs);
  if (term.kind == Term::Kind::function) add(out.functions);
  for (const Term& part : term.parts) collect(part, out);
}

uint8_t value_of(const Term& term, int64_t row, int64_t inputs, const uint8_t* functions) {
  const auto part = [&](size_t i) { return value_of(term.parts[i], row, inputs, functions); };
  switch (term.kind) {
    case Term::Kind::constant:
      return static_cast<uint8_t>(term.value);
    case Term::Kind::input:
      return static_cast<uint8_t>(row >> (inputs - 1 - term.value) & 1);
    case Term::Kind::function:
      return functions[term.value];
    case Term::Kind::negation:
      return part(0) ^ 1;
    case Term::Kind::conjunction:
      return part(0) & part(1);
    case Term::Kind::parity:
      return part(0) ^ part(1);
    case Term::Kind::disjunction:
      return part(0) | part(1);
  }
  return 0;
}

}  // namespace

Reads reads_of(const Term& term) {
  Reads out;
  collect(term, out);
  return out;
}

Functions parse_functions(const std::string& text) {
  check(text.size() <= kLongest, ErrorCode::config, "functions: longer than 16,384 bytes");
  const std::vector<Definition> definitions = definitions_of(text);
  check(!definitions.empty(), ErrorCode::config, "functions: there are none",
        "for example y0 = x0 ^ x1");
  std::map<std::string, int64_t> numbers;
  for (const Definition& own : definitions) {
    if (!numbers.emplace(own.name.text, static_cast<int64_t>(numbers.size())).second) {
      fail(own.name, "'" + own.name.text + "' is defined a second time");
    }
  }
  Functions out;
  std::vector<Function> list;
  for (const Definition& own : definitions) {
    Parser parser(own.words, numbers);
    list.push_back({own.name.text, parser.whole()});
    out.inputs = std::max(out.inputs, parser.inputs());
  }
  Sorter sorter(std::move(list), definitions);
  const std::vector<size_t> order = sorter.order();
  std::vector<size_t> place(order.size());
  for (size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  for (const size_t own : order) {
    out.list.push_back(sorter.list()[own]);
    rename(out.list.back().term, place);
  }
  check(out.inputs > 0, ErrorCode::config, "functions: none of them reads an input",
        "inputs are x0, x1, x2, ...");
  out.outputs = outputs_of(out.list);
  return out;
}

std::vector<uint8_t> evaluate_all(const Functions& functions, int64_t inputs) {
  const size_t count = functions.list.size();
  std::vector<uint8_t> out((size_t{1} << inputs) * count);
  for (int64_t row = 0; row < int64_t{1} << inputs; ++row) {
    uint8_t* values = out.data() + static_cast<size_t>(row) * count;
    for (size_t i = 0; i < count; ++i) {
      values[i] = value_of(functions.list[i].term, row, inputs, values);
    }
  }
  return out;
}

}  // namespace modhost_boolean
