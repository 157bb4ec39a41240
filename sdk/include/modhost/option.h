// Options that describe themselves: one declaration gives the command line, the check of config
// files, the help text and the tables in the READMEs.
//
//   struct MlpOptions : Options {
//     Option<std::vector<int64_t>> hidden{*this, "hidden", {800, 800}, "width of each hidden
//     layer",
//                                         AtLeast{1}};
//     Option<double> dropout{*this, "dropout", 0.0, "drop probability", Range{0, 1}};
//   };
//   MlpOptions options;
//   options.hidden();  // {800, 800}
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace modhost {
inline namespace v1 {

// A value as it was written by the user, before an option has judged it.
struct OptionValue {
  using List = std::vector<OptionValue>;
  using Table = std::map<std::string, OptionValue>;
  std::variant<bool, int64_t, double, std::string, List, Table> value;
  std::string origin;    // "file.toml:12:3", "command line", "default of model 'scl'"
  bool as_text = false;  // from a command line: `value` is a string that the option parses itself
};

// The keys of one section ([model], [method], ...) in the order of their names.
using OptionTable = OptionValue::Table;

// As TOML on one line: 3, "text", [1, 2], {a = 1}.
std::string toml_text(const OptionValue& value);

struct Range {  // closed; applies to each element of a list
  double low;
  double high;
};
struct AtLeast {
  double low;
};
struct Above {  // strictly greater
  double low;
};
struct Choices {
  std::vector<std::string> names;
};
struct FromInput {  // of a layer: when 0, taken from this dimension of its input (-1: the last),
                    // the
  int dimension;    // batch not counted
};
struct NameOf {  // a text that names a component of this kind, "mask"; the options of the one that
  std::string kind;  // is named are the section of that name: --mask.share
};
struct Paper {  // where the option or its default comes from
  std::string reference;
};

class Options;

// The part of an option that does not depend on its type.
class OptionBase {
 public:
  OptionBase(Options& owner, std::string name, std::string help);
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;
  virtual ~OptionBase();

  const std::string& name() const { return name_; }
  const std::string& help() const { return help_; }
  const std::string& reference() const { return reference_; }
  std::optional<int> from_input() const { return from_input_; }
  const std::string& names_kind() const { return names_kind_; }  // of components, or ""
  bool is_set() const { return !origin_.empty(); }
  const std::string& origin() const { return origin_; }  // "" while the default stands

  // Words for a reader: "integer", "list of numbers", ...; "0 .. 1", "one of a, b" or "".
  virtual std::string type_text() const = 0;
  std::string allowed_text() const;
  // The value as TOML: 3, 0.5, "text", [1, 2].
  virtual std::string default_text() const = 0;
  virtual std::string value_text() const = 0;

  // Takes over a value of the user. Error(config) names `key` (section.name), the origin, what was
  // seen and what is allowed.
  void assign(const std::string& key, const OptionValue& value);

 protected:
  virtual void parse(const std::string& key, const OptionValue& value) = 0;
  void configure(const Range& range);
  void configure(const AtLeast& bound);
  void configure(const Above& bound);
  void configure(const Choices& choices);
  void configure(const FromInput& source);
  void configure(const NameOf& component);
  void configure(const Paper& paper);
  void check_number(double value) const;              // throws with a bare message
  void check_choice(const std::string& value) const;  // the same

 private:
  std::string name_, help_, reference_, origin_, names_kind_;
  std::optional<double> low_, high_;
  bool low_open_ = false;
  std::optional<int> from_input_;
  std::vector<std::string> choices_;
};

// A group of options; derive from it and declare Option members with *this as first argument.
class Options {
 public:
  Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  virtual ~Options();

  const std::vector<OptionBase*>& all() const { return all_; }
  OptionBase* find(const std::string& name) const;  // nullptr when there is none
  std::vector<std::string> names() const;

  // Assigns every key of `table`; Error(config) for a key that is no option, with the nearest one.
  // `section` is the prefix used in messages ("method"), `owner` names the component ("diffmask").
  void assign(const std::string& section, const std::string& owner, const OptionTable& table);

  // Checks that need more than one option; called after assign. Throw Error(config).
  virtual void validate() const;

  // Adds a group of options that many components share behind the own ones, and keeps it.
  // Error(plugin) when one of its names is taken.
  void adopt(std::shared_ptr<Options> group);
  // The adopted group of this type, nullptr when there is none.
  template <typename Group>
  Group* adopted() const {
    for (const auto& group : groups_) {
      if (auto* found = dynamic_cast<Group*>(group.get())) return found;
    }
    return nullptr;
  }

 private:
  friend class OptionBase;
  std::vector<OptionBase*> all_;
  std::vector<std::shared_ptr<Options>> groups_;
};

// T is one of bool, int64_t, double, std::string, and std::vector of int64_t, double, std::string
// and OptionTable. On a command line a list is written with commas: 800,400,200; tables can be
// written in config files only: [[model.layers]].
template <typename T>
class Option : public OptionBase {
 public:
  template <typename... Rules>
  Option(Options& owner, std::string name, T initial, std::string help, const Rules&... rules)
      : OptionBase(owner, std::move(name), std::move(help)), default_(initial), value_(initial) {
    (configure(rules), ...);
  }

  const T& operator()() const { return value_; }
  void set(T value) { value_ = std::move(value); }  // for code that builds options by hand

  std::string type_text() const override;
  std::string default_text() const override;
  std::string value_text() const override;

 protected:
  void parse(const std::string& key, const OptionValue& value) override;

 private:
  T default_;
  T value_;
};

extern template class Option<bool>;
extern template class Option<int64_t>;
extern template class Option<double>;
extern template class Option<std::string>;
extern template class Option<std::vector<int64_t>>;
extern template class Option<std::vector<double>>;
extern template class Option<std::vector<std::string>>;
extern template class Option<std::vector<OptionTable>>;

}  // namespace v1
}  // namespace modhost
