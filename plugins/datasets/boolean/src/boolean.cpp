// Truth tables of functions whose parts are known (Patil et al. 2023, arXiv:2305.18402).
#include "boolean.h"

#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include <algorithm>

namespace modhost_boolean {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr uint64_t kLongestFile = 65536;

// A text that is no definition names a file.
std::string text_of(const BooleanOptions& given) {
  const std::string& functions = given.functions();
  if (functions.empty()) return graph_text(given.graph());
  if (functions.find('=') != std::string::npos) return functions;
  check(std::filesystem::exists(functions), ErrorCode::config,
        "option 'dataset.functions': '" + functions + "' is neither a definition nor a file",
        "write 'y0 = x0 & x1', or name a file of such lines");
  return read_file(functions, kLongestFile);
}

Rows rows_of(const Functions& functions) {
  Rows out;
  out.inputs = functions.inputs;
  out.outputs = static_cast<int64_t>(functions.outputs.size());
  const std::vector<uint8_t> table = evaluate_all(functions, functions.inputs);
  const size_t count = functions.list.size();
  for (size_t row = 0; row * count < table.size(); ++row) {
    for (int64_t i = 0; i < out.inputs; ++i) {
      out.input.push_back(static_cast<float>(row >> (out.inputs - 1 - i) & 1));
    }
    for (const size_t output : functions.outputs) {
      out.target.push_back(static_cast<float>(table[row * count + output]));
    }
  }
  return out;
}

}  // namespace

void BooleanOptions::validate() const {
  check(functions().empty() || !graph.is_set(), ErrorCode::config,
        "options 'dataset.graph' and 'dataset.functions' exclude each other");
  parse_functions(text_of(*this));
}

Boolean::Boolean(std::shared_ptr<const Options> options)
    : Dataset(std::move(options)),
      text_(text_of(this->options())),
      functions_(parse_functions(text_)),
      rows_(rows_of(functions_)) {}

Signature Boolean::signature() const {
  return {Input::features, {rows_.inputs}, Output::bits, {rows_.outputs}};
}

std::string Boolean::describe() const {
  return std::to_string(rows_.count()) + " rows (" + std::to_string(rows_.outputs) +
         " functions of " + std::to_string(rows_.inputs) + " bits)";
}

// Of always saying what is more often true of each output.
double Boolean::chance() const {
  double sum = 0;
  const auto rows = static_cast<double>(rows_.count());
  for (int64_t output = 0; output < rows_.outputs; ++output) {
    double ones = 0;
    for (int64_t row = 0; row < rows_.count(); ++row) {
      ones += rows_.target[static_cast<size_t>(row * rows_.outputs + output)];
    }
    sum += std::max(ones, rows - ones) / rows;
  }
  return sum / static_cast<double>(rows_.outputs);
}

std::optional<TrueModules> Boolean::true_modules() const {
  TrueModules out = modhost_boolean::true_modules(functions_, rows_.inputs);
  if (options().functions().empty()) out.kind = graph_kind(options().graph());
  return out;
}

std::shared_ptr<const Source> Boolean::all(Split split) const {
  return std::make_shared<RowSource>(rows_, split == Split::train ? options().noise() : 0,
                                     derive_seed(static_cast<uint64_t>(options().seed()), "noise"));
}

std::shared_ptr<const Source> Boolean::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return all(split);
}

void Boolean::export_to(const std::filesystem::path& folder) const {
  std::string csv;
  for (int64_t i = 0; i < rows_.inputs; ++i) csv += "x" + std::to_string(i) + ",";
  for (const size_t output : functions_.outputs) csv += functions_.list[output].name + ",";
  csv.back() = '\n';
  const auto add = [&](const float* from, int64_t count) {
    for (int64_t i = 0; i < count; ++i) csv += from[i] > 0.5F ? "1," : "0,";
  };
  for (int64_t row = 0; row < rows_.count(); ++row) {
    add(rows_.input.data() + row * rows_.inputs, rows_.inputs);
    add(rows_.target.data() + row * rows_.outputs, rows_.outputs);
    csv.back() = '\n';
  }
  make_folder(folder);
  write_file_atomically(folder / "truth_table.csv", csv);
  write_file_atomically(folder / "functions.txt", text_);
}

}  // namespace modhost_boolean

MODHOST_PLUGIN(registry) {
  registry.dataset<modhost_boolean::Boolean>("boolean", "functions of bits whose parts are known")
      .paper("Patil, Michael, Dovrolis 2023, arXiv:2305.18402")
      .suggest("train.batch_size", "8")
      .suggest("train.lr", "0.05")
      .suggest("train.weight_decay", "0.0001");
}
