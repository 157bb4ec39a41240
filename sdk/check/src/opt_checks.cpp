// Options of every component, and names that nobody has.
#include "cases.h"
#include "groups.h"
#include "layer_probe.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/dataset.h"
#include "modhost/error.h"
#include "modhost/layer.h"
#include "modhost/method.h"
#include "modhost/model.h"

namespace modhost::conformance {
namespace {

// A slip of the finger that is no other option's name.
std::string misspelt(const std::string& name, const Options& options) {
  std::string wrong = name + name.back();
  while (options.find(wrong) != nullptr) wrong += name.back();
  return wrong;
}

Outcome check_unknown(const Context& context) {
  const Component& component = *context.component;
  const std::string section = to_string(component.kind);
  const auto declared = component.make_options();
  for (const OptionBase* option : declared->all()) {
    const std::string wrong = misspelt(option->name(), *declared);
    const auto options = component.make_options();
    try {
      options->assign(section, component.name, {{wrong, OptionValue{std::string("1"), "", true}}});
      return fail("the unknown option '" + wrong + "' is taken");
    } catch (const Error& error) {
      if (error.code() != ErrorCode::config) {
        return fail("the unknown option '" + wrong +
                    "' is told as another kind of error: " + error.what());
      }
      if (error.full().find("did you mean") == std::string::npos) {
        return fail("'" + wrong + "' is refused without a suggestion: " + error.full());
      }
    }
  }
  const size_t count = declared->all().size();
  return pass(count == 1 ? "1 option" : std::to_string(count) + " options");
}

bool is_option_name(const std::string& name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

template <typename T>
OptionValue list_value(const std::vector<T>& elements) {
  OptionValue::List list;
  for (const T& element : elements) list.push_back({element, "", false});
  return {list, "", false};
}

// The default as a user would give it: as a config file has it where a command line cannot say it
// (tables; names, which a command line separates by commas), else as the text of a command line.
// `option` is as its component made it.
OptionValue default_of(const OptionBase& option) {
  if (const auto* tables = dynamic_cast<const Option<std::vector<OptionTable>>*>(&option)) {
    return list_value((*tables)());
  }
  if (const auto* names = dynamic_cast<const Option<std::vector<std::string>>*>(&option)) {
    return list_value((*names)());
  }
  std::string text = option.default_text();
  if (option.type_text() == "text") text = text.substr(1, text.size() - 2);  // without its quotes
  return {text, "", true};
}

// "" when the option is well declared.
std::string fault_of(const Component& component, const OptionBase& option) {
  if (!is_option_name(option.name())) return "its name must consist of a-z, 0-9 and '_'";
  if (option.help().empty()) return "it has no help text";
  if (option.from_input()) return "";
  const auto again = component.make_options();
  try {
    again->find(option.name())->assign(option.name(), default_of(option));
  } catch (const Error& error) {
    return std::string("its default is refused: ") + error.what();
  }
  return again->find(option.name())->value_text() == option.default_text()
             ? ""
             : "its default does not read back as itself";
}

// The case with only those options that have no default: a file to be named.
CheckFile::Case only_needed(const Component& component, const CheckFile::Case& written) {
  CheckFile::Case out = written;
  out.options.clear();
  const auto declared = component.make_options();
  for (const auto& [name, value] : written.options) {
    const OptionBase* option = declared->find(name);
    if (option != nullptr && option->default_text() == "\"\"") out.options[name] = value;
  }
  return out;
}

// For the first usual form of input that it can be made for.
void make_default_layer(const LayerEntry& entry, const CheckFile::Case& written) {
  constexpr int64_t kUnits = 6;
  std::string why = "no layer is made";
  for (const Form& form : forms(kUnits, written.input_shape)) {
    const auto options = entry.make_options();
    options->assign("layer", entry.name, written.options);
    fill_from_input(*options, form.sizes);
    try {
      options->validate();
      if (entry.make(*options) != nullptr) return;
    } catch (const Error& error) {
      why = error.full();
    }
  }
  throw Error(ErrorCode::plugin, why);
}

void make_with_defaults(const Context& context) {
  const Component& component = *context.component;
  const CheckFile::Case written = only_needed(component, written_cases(context).front());
  switch (component.kind) {
    case ComponentKind::model: {
      const auto& entry = static_cast<const ModelEntry&>(component);
      const ModelCase one = model_cases(context).front();
      const auto made = entry.make({one.signature, options_of(component, written)});
      check(made != nullptr, ErrorCode::plugin, "no network is made");
      return;
    }
    case ComponentKind::method:
      check(static_cast<const MethodEntry&>(component).make(options_of(component, written)) !=
                nullptr,
            ErrorCode::plugin, "no method is made");
      return;
    case ComponentKind::dataset: {
      const auto data =
          static_cast<const DatasetEntry&>(component).make(options_of(component, written));
      check(data != nullptr, ErrorCode::plugin, "no dataset is made");
      data->signature();
      return;
    }
    case ComponentKind::layer:
      make_default_layer(static_cast<const LayerEntry&>(component), written);
      return;
    case ComponentKind::mask:
      check(
          static_cast<const MaskEntry&>(component).make(*options_of(component, written)) != nullptr,
          ErrorCode::plugin, "no family is made");
  }
}

Outcome check_defaults(const Context& context) {
  const auto options = context.component->make_options();
  for (const OptionBase* option : options->all()) {
    const std::string fault = fault_of(*context.component, *option);
    if (!fault.empty()) return fail("option '" + option->name() + "': " + fault);
  }
  try {
    make_with_defaults(context);
  } catch (...) {
    return fail("the defaults make nothing: " + current_exception_text());
  }
  return pass();
}

// A task that is asked for by a wrong name.
Outcome check_task_name(const DatasetBase& data, const std::string& name) {
  try {
    data.task(name, Split::test);
    return fail("the unknown task '" + name + "' is given");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::config) return pass();
    return fail("the unknown task '" + name +
                "' is told as another kind of error: " + error.what());
  } catch (...) {
    return fail("the unknown task '" + name + "' is told by " + current_exception_text());
  }
}

Outcome check_garbage_names(const Context& context) {
  const Component& component = *context.component;
  const std::string names[] = {component.name + "-and-more",
                               component.name + std::string(1, '\0'),
                               component.name + " ",
                               component.name + "/../" + component.name,
                               std::string(5000, 'x'),
                               "\xff\xfe",
                               ""};
  for (const std::string& name : names) {
    try {
      context.subject.ask_for(component.kind, name);
      return fail("the name '" + name.substr(0, 40) + "' is taken for '" + component.name + "'");
    } catch (const Error&) {
    }
  }
  if (component.kind != ComponentKind::dataset) return pass();
  return worst_of<NumberedCase>(numbered_cases(context), [&](const NumberedCase& one) {
    const auto data =
        static_cast<const DatasetEntry&>(component).make(options_of(component, one.written));
    std::vector<std::string> wrong = {"no such task", "", std::string(300, 'x')};
    for (const Task& task : data->tasks()) wrong.push_back(task.name + "-and-more");
    for (const std::string& name : wrong) {
      const Outcome outcome = check_task_name(*data, name);
      if (outcome.verdict != Verdict::pass) return outcome;
    }
    return pass();
  });
}

}  // namespace

void add_opt_checks(Checks& out) {
  const Scope scope = Scope::component;
  out.push_back(
      {"opt-unknown", scope, "a misspelt option is refused with a suggestion", check_unknown});
  out.push_back({"opt-defaults", scope,
                 "every option is described, and the defaults make a working object",
                 check_defaults});
  out.push_back(
      {"name-garbage", scope, "names that nobody has are refused cleanly", check_garbage_names});
}

}  // namespace modhost::conformance
