#include "modhost/option.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "modhost/error.h"
#include "number_text.h"

namespace modhost {
inline namespace v1 {
namespace {

// Shortest decimal text that reads back as the same double; always with a '.' or an exponent, so
// that TOML takes it for a float.
std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = detail::shortest_text(value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string bound_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return std::to_string(static_cast<int64_t>(value));
  }
  return number_text(value);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char buffer[8];
      snprintf(buffer, sizeof buffer, "\\u%04x", c);
      out += buffer;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool is_bare(const std::string& key) {
  const auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare);
}

std::string key_text(const std::string& key) { return is_bare(key) ? key : quoted(key); }

std::string to_text(bool value) { return value ? "true" : "false"; }
std::string to_text(int64_t value) { return std::to_string(value); }
std::string to_text(double value) { return number_text(value); }
std::string to_text(const std::string& value) { return quoted(value); }
std::string to_text(const OptionTable& table) {
  OptionValue value;
  value.value = table;
  return toml_text(value);
}
template <typename T>
std::string to_text(const std::vector<T>& values) {
  std::vector<std::string> parts;
  for (const T& value : values) parts.push_back(to_text(value));
  return "[" + join(parts) + "]";
}

template <typename T>
struct TypeName;
template <>
struct TypeName<bool> {
  static constexpr const char* one = "true or false";
  static constexpr const char* many = "true/false values";
};
template <>
struct TypeName<int64_t> {
  static constexpr const char* one = "integer";
  static constexpr const char* many = "integers";
};
template <>
struct TypeName<double> {
  static constexpr const char* one = "number";
  static constexpr const char* many = "numbers";
};
template <>
struct TypeName<std::string> {
  static constexpr const char* one = "text";
  static constexpr const char* many = "names";
};
template <>
struct TypeName<OptionTable> {
  static constexpr const char* one = "table";
  static constexpr const char* many = "tables";
};
template <typename T>
struct TypeName<std::vector<T>> {
  static inline const std::string one = std::string("list of ") + TypeName<T>::many;
};

struct Mismatch {};  // the text or value is not of the wanted type

template <typename T>
T number_from(const std::string& text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    throw Mismatch{};
  }
  return value;
}

void read_text(const std::string& text, bool& out) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") {
    out = true;
  } else if (text == "false" || text == "0" || text == "no" || text == "off") {
    out = false;
  } else {
    throw Mismatch{};
  }
}
void read_text(const std::string& text, int64_t& out) { out = number_from<int64_t>(text); }
void read_text(const std::string& text, double& out) { out = number_from<double>(text); }
void read_text(const std::string& text, std::string& out) { out = text; }
void read_text(const std::string&, OptionTable&) {
  throw Error(ErrorCode::config, "tables can be written in a config file only",
              "write them as [[section.option]] with one key a line and give it by --config FILE");
}
template <typename T>
void read_text(const std::string& text, std::vector<T>& out) {
  out.clear();
  std::string inner = text;
  if (inner.size() >= 2 && inner.front() == '[' && inner.back() == ']') {
    inner = inner.substr(1, inner.size() - 2);
  }
  if (inner.empty()) return;
  for (size_t start = 0; start <= inner.size();) {
    const size_t comma = std::min(inner.find(',', start), inner.size());
    std::string part = inner.substr(start, comma - start);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    T value{};
    read_text(part, value);
    out.push_back(value);
    start = comma + 1;
  }
}

void read_value(const OptionValue& from, bool& out) {
  const bool* value = std::get_if<bool>(&from.value);
  if (value == nullptr) throw Mismatch{};
  out = *value;
}
void read_value(const OptionValue& from, int64_t& out) {
  const int64_t* value = std::get_if<int64_t>(&from.value);
  if (value == nullptr) throw Mismatch{};
  out = *value;
}
void read_value(const OptionValue& from, double& out) {
  if (const int64_t* whole = std::get_if<int64_t>(&from.value)) {
    out = static_cast<double>(*whole);
  } else if (const double* value = std::get_if<double>(&from.value)) {
    out = *value;
  } else {
    throw Mismatch{};
  }
}
void read_value(const OptionValue& from, std::string& out) {
  const std::string* value = std::get_if<std::string>(&from.value);
  if (value == nullptr) throw Mismatch{};
  out = *value;
}
void read_value(const OptionValue& from, OptionTable& out) {
  const auto* value = std::get_if<OptionValue::Table>(&from.value);
  if (value == nullptr) throw Mismatch{};
  out = *value;
}
template <typename T>
void read_value(const OptionValue& from, std::vector<T>& out) {
  out.clear();
  const auto* list = std::get_if<OptionValue::List>(&from.value);
  if (list == nullptr) {  // a single value is a list of one
    T value{};
    read_value(from, value);
    out.push_back(value);
    return;
  }
  for (const OptionValue& element : *list) {
    T value{};
    read_value(element, value);
    out.push_back(value);
  }
}

std::string seen_text(const OptionValue& value) {
  if (const auto* list = std::get_if<OptionValue::List>(&value.value)) {
    std::vector<std::string> parts;
    for (const OptionValue& element : *list) parts.push_back(seen_text(element));
    return "[" + join(parts) + "]";
  }
  if (const auto* text = std::get_if<std::string>(&value.value)) return "'" + *text + "'";
  if (const auto* flag = std::get_if<bool>(&value.value)) return to_text(*flag);
  return toml_text(value);
}

}  // namespace

std::string toml_text(const OptionValue& value) {
  if (const auto* list = std::get_if<OptionValue::List>(&value.value)) {
    std::vector<std::string> parts;
    for (const OptionValue& element : *list) parts.push_back(toml_text(element));
    return "[" + join(parts) + "]";
  }
  if (const auto* table = std::get_if<OptionValue::Table>(&value.value)) {
    std::vector<std::string> parts;
    for (const auto& [key, entry] : *table)
      parts.push_back(key_text(key) + " = " + toml_text(entry));
    return "{" + join(parts) + "}";
  }
  if (const auto* text = std::get_if<std::string>(&value.value)) return quoted(*text);
  if (const auto* flag = std::get_if<bool>(&value.value)) return to_text(*flag);
  if (const auto* whole = std::get_if<int64_t>(&value.value)) return to_text(*whole);
  return to_text(std::get<double>(value.value));
}

OptionBase::OptionBase(Options& owner, std::string name, std::string help)
    : name_(std::move(name)), help_(std::move(help)) {
  check(owner.find(name_) == nullptr, ErrorCode::internal,
        "option '" + name_ + "' is declared twice");
  owner.all_.push_back(this);
}

OptionBase::~OptionBase() = default;

void OptionBase::configure(const Range& range) {
  low_ = range.low;
  high_ = range.high;
}
void OptionBase::configure(const AtLeast& bound) { low_ = bound.low; }
void OptionBase::configure(const Above& bound) {
  low_ = bound.low;
  low_open_ = true;
}
void OptionBase::configure(const Choices& choices) { choices_ = choices.names; }
void OptionBase::configure(const FromInput& source) { from_input_ = source.dimension; }
void OptionBase::configure(const NameOf& component) { names_kind_ = component.kind; }
void OptionBase::configure(const Paper& paper) { reference_ = paper.reference; }

std::string OptionBase::allowed_text() const {
  if (!choices_.empty()) return "one of " + join(choices_);
  if (!names_kind_.empty()) return "a " + names_kind_ + " of 'modhost list'";
  if (low_ && high_) return bound_text(*low_) + " .. " + bound_text(*high_);
  if (low_) return (low_open_ ? "above " : "at least ") + bound_text(*low_);
  return "";
}

void OptionBase::check_number(double value) const {
  const bool low_ok = !low_ || (low_open_ ? value > *low_ : value >= *low_);
  const bool high_ok = !high_ || value <= *high_;
  if (std::isnan(value) || !low_ok || !high_ok) {
    const std::string allowed = allowed_text();
    throw Error(ErrorCode::config, bound_text(value) + " is not allowed" +
                                       (allowed.empty() ? "" : "; it must be " + allowed));
  }
}

void OptionBase::check_choice(const std::string& value) const {
  if (choices_.empty()) return;
  for (const std::string& choice : choices_) {
    if (choice == value) return;
  }
  throw Error(ErrorCode::config, "'" + value + "' is not " + allowed_text(),
              did_you_mean(value, choices_));
}

void OptionBase::assign(const std::string& key, const OptionValue& value) {
  const std::string where = value.origin.empty() ? "" : value.origin + ": ";
  try {
    parse(key, value);
  } catch (const Mismatch&) {
    const std::string allowed = allowed_text();
    throw Error(ErrorCode::config, where + "option '" + key + "' takes " + type_text() +
                                       (allowed.empty() ? "" : " (" + allowed + ")") + ", not " +
                                       seen_text(value));
  } catch (const Error& error) {
    throw Error(ErrorCode::config, where + "option '" + key + "': " + error.what(), error.hint());
  }
  origin_ = value.origin.empty() ? "code" : value.origin;
}

template <typename T>
std::string Option<T>::type_text() const {
  return TypeName<T>::one;
}
template <typename T>
std::string Option<T>::default_text() const {
  return to_text(default_);
}
template <typename T>
std::string Option<T>::value_text() const {
  return to_text(value_);
}

template <typename T>
void Option<T>::parse(const std::string&, const OptionValue& value) {
  T candidate{};
  if (value.as_text) {
    read_text(std::get<std::string>(value.value), candidate);
  } else {
    read_value(value, candidate);
  }
  if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, double>) {
    check_number(static_cast<double>(candidate));
  } else if constexpr (std::is_same_v<T, std::string>) {
    check_choice(candidate);
  } else if constexpr (!std::is_same_v<T, bool>) {
    for (const auto& element : candidate) {
      if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        check_choice(element);
      } else if constexpr (!std::is_same_v<T, std::vector<OptionTable>>) {
        check_number(static_cast<double>(element));
      }
    }
  }
  value_ = std::move(candidate);
}

template class Option<bool>;
template class Option<int64_t>;
template class Option<double>;
template class Option<std::string>;
template class Option<std::vector<int64_t>>;
template class Option<std::vector<double>>;
template class Option<std::vector<std::string>>;
template class Option<std::vector<OptionTable>>;

Options::Options() = default;
Options::~Options() = default;

OptionBase* Options::find(const std::string& name) const {
  for (OptionBase* option : all_) {
    if (option->name() == name) return option;
  }
  return nullptr;
}

std::vector<std::string> Options::names() const {
  std::vector<std::string> out;
  for (const OptionBase* option : all_) out.push_back(option->name());
  return out;
}

void Options::assign(const std::string& section, const std::string& owner,
                     const OptionTable& table) {
  for (const auto& [name, value] : table) {
    OptionBase* option = find(name);
    if (option == nullptr) {
      const std::string where = value.origin.empty() ? "" : value.origin + ": ";
      const std::string near = nearest(name, names());
      throw Error(ErrorCode::config,
                  where + "unknown option '" + section + "." + name + "'; " + owner +
                      " has: " + (all_.empty() ? "no options" : join(names())),
                  near.empty() ? "" : "did you mean '" + section + "." + near + "'?");
    }
    option->assign(section + "." + name, value);
  }
  validate();
  for (const auto& group : groups_) group->validate();
}

void Options::validate() const {}

void Options::adopt(std::shared_ptr<Options> group) {
  for (OptionBase* option : group->all()) {
    check(find(option->name()) == nullptr, ErrorCode::plugin,
          "it declares the option '" + option->name() + "', which all of its kind have already");
    all_.push_back(option);
  }
  groups_.push_back(std::move(group));
}

}  // namespace v1
}  // namespace modhost
