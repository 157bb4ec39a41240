#include "inspect_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exit_code.h"
#include "given_weights.h"
#include "json_line.h"
#include "modhost/shown_text.h"
#include "modhost/state_file.h"
#include "progress_line.h"
#include "text_table.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

// What a look at every element of a tensor tells.
struct Facts {
  int64_t zeros = 0;
  int64_t positive = 0;
  int64_t ones = 0;
  int64_t not_finite = 0;
};

Facts facts_of(const Tensor& tensor) {
  const auto count = [](const Tensor& flags) { return flags.sum().item<int64_t>(); };
  return {count(tensor == 0), count(tensor > 0), count(tensor == 1),
          tensor.is_floating_point() ? count(~torch::isfinite(tensor)) : 0};
}

enum class Meaning { weights, mask, logits };

struct Inspected {
  std::string path;
  const WeightsOptions& options;
  WeightsFile file;
  std::vector<Facts> facts;  // of file.tensors
  Meaning meaning = Meaning::weights;
  int64_t elements = 0;
  Metadata metadata{};  // what a safetensors file says about itself
};

// A mask has zeros and ones only; logits are told by the name of their table, file or folder.
Meaning meaning_of(const Inspected& what) {
  int64_t bits = 0;
  for (const Facts& facts : what.facts) bits += facts.zeros + facts.ones;
  const bool is_mask = what.elements > 0 && bits == what.elements;
  if (is_mask) return Meaning::mask;
  const bool says_logits =
      (what.path + what.file.key).find("logit") != std::string::npos ||
      (what.file.format == "folder of arrays" && what.path.find("mask") != std::string::npos);
  return says_logits ? Meaning::logits : Meaning::weights;
}

Inspected inspected(const std::string& path, const WeightsOptions& options) {
  Inspected out{path, options, read_weights(options), {}, Meaning::weights, 0};
  for (const auto& [name, tensor] : out.file.tensors) {
    out.facts.push_back(facts_of(tensor));
    out.elements += tensor.numel();
  }
  out.meaning = meaning_of(out);
  if (out.file.format == "safetensors") load_safetensors(path, &out.metadata);
  return out;
}

std::string type_text(const Tensor& tensor) {
  static const std::pair<torch::ScalarType, const char*> names[] = {
      {torch::kFloat32, "float32"},   {torch::kFloat64, "float64"}, {torch::kFloat16, "float16"},
      {torch::kBFloat16, "bfloat16"}, {torch::kInt64, "int64"},     {torch::kInt32, "int32"},
      {torch::kInt16, "int16"},       {torch::kInt8, "int8"},       {torch::kUInt8, "uint8"},
      {torch::kBool, "bool"}};
  for (const auto& [type, name] : names) {
    if (tensor.scalar_type() == type) return name;
  }
  return c10::toString(tensor.scalar_type());
}

// "31.4 %"; what is not quite nothing or all is not shown as if it were.
std::string share_text(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part == 0 || part == whole) return fmt::format("{:.0f} %", percent);
  return fmt::format("{:.1f} %", std::clamp(percent, 0.1, 99.9));
}

std::string tensors_text(size_t count) {
  return count == 1 ? "1 tensor" : count_text(static_cast<int64_t>(count)) + " tensors";
}

const char* part_words(Meaning meaning) { return meaning == Meaning::weights ? "zeros" : "kept"; }

int64_t shown_part(Meaning meaning, const Facts& facts) {
  return meaning == Meaning::weights ? facts.zeros : facts.positive;
}

// "  says      epoch 4, label epoch_0004, samples 2368"
std::string metadata_text(const Metadata& metadata) {
  constexpr size_t kMostSaid = 8;
  std::vector<std::string> parts;
  for (const auto& [key, value] : metadata) {
    if (parts.size() < kMostSaid) parts.push_back(shown(key) + " " + shown(value));
  }
  return parts.empty() ? "" : fmt::format("  says      {}\n", join(parts));
}

std::string head_text(const Inspected& what) {
  const WeightsFile& file = what.file;
  int64_t part = 0;
  for (const Facts& facts : what.facts) part += shown_part(what.meaning, facts);
  std::string text = fmt::format("{}: {}, {}, {} numbers, {} {}\n", what.path, file.format,
                                 tensors_text(file.tensors.size()), count_text(what.elements),
                                 share_text(part, what.elements), part_words(what.meaning));
  if (!file.key.empty()) text += fmt::format("  table     {}\n", shown(file.key));
  std::vector<std::string> others;
  for (const WeightTable& table : file.tables) {
    if (table.key != file.key && table.key != "/") {
      others.push_back(fmt::format("{} ({})", shown(table.key), table.tensors));
    }
  }
  constexpr size_t kMostShown = 6;
  const size_t more = others.size() - std::min(others.size(), kMostShown);
  others.resize(others.size() - more);
  if (!others.empty()) {
    text += fmt::format("  others    {}{}\n", join(others),
                        more == 0 ? "" : fmt::format(" and {} more", more));
  }
  if (!file.prefix.empty()) text += fmt::format("  prefix    {} taken off\n", file.prefix);
  return text + metadata_text(what.metadata);
}

std::string table_text(const Inspected& what) {
  TextTable table({"tensor", "shape", "type", part_words(what.meaning)});
  for (size_t i = 0; i < what.facts.size(); ++i) {
    const auto& [name, tensor] = what.file.tensors[i];
    table.add({shown(name), shape_text(tensor), type_text(tensor),
               share_text(shown_part(what.meaning, what.facts[i]), tensor.numel())});
  }
  return table.empty() ? "" : "\n" + table.text();
}

std::string remarks_text(const Inspected& what) {
  std::string text;
  for (const SkippedTensor& skipped : what.file.skipped) {
    text += fmt::format("not read: {} is {}\n", shown(skipped.name), skipped.why);
  }
  for (const std::string& name : what.file.pruned) {
    text += fmt::format("pruned: {0} is {0}_orig times {0}_mask\n", shown(name));
  }
  for (size_t i = 0; i < what.facts.size(); ++i) {
    if (what.facts[i].not_finite == 0) continue;
    text += fmt::format("not finite: {} of the numbers of {}\n",
                        count_text(what.facts[i].not_finite), shown(what.file.tensors[i].first));
  }
  return text.empty() ? "" : "\n" + text;
}

// As a word of a shell's command line.
std::string quoted(const std::string& word) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=,:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// What makes a run take the file as it is shown here.
std::string use_text(const Inspected& what) {
  if (what.meaning != Meaning::weights) {
    return "--model.weights NETWORK --model.mask " + quoted(what.path);
  }
  std::string text = "--model.weights " + quoted(what.path);
  for (const OptionBase* option : what.options.all()) {
    const bool is_text = option == &what.options.weights_key || option == &what.options.mask;
    if (!is_text || option->value_text() == option->default_text()) continue;
    text += fmt::format(" --model.{} {}", option->name(),
                        quoted(static_cast<const Option<std::string>*>(option)->operator()()));
  }
  if (what.options.weights_key().empty() && !what.file.key.empty()) {
    text += " --model.weights_key " + quoted(what.file.key);
  }
  if (!what.options.rename().empty()) {
    text += " --model.rename " + quoted(join(what.options.rename(), ","));
  }
  return text;
}

Json to_json(const Inspected& what) {
  Json json = {{"file", what.path},       {"format", what.file.format},
               {"table", what.file.key},  {"prefix", what.file.prefix},
               {"tables", Json::array()}, {"tensors", Json::array()},
               {"skipped", Json::array()}};
  for (const WeightTable& table : what.file.tables) {
    json["tables"].push_back({{"key", table.key}, {"tensors", table.tensors}});
  }
  for (size_t i = 0; i < what.facts.size(); ++i) {
    const auto& [name, tensor] = what.file.tensors[i];
    json["tensors"].push_back({{"name", name},
                               {"shape", tensor.sizes().vec()},
                               {"type", type_text(tensor)},
                               {"zeros", what.facts[i].zeros},
                               {"positive", what.facts[i].positive},
                               {"not_finite", what.facts[i].not_finite}});
  }
  if (!what.metadata.empty()) json["metadata"] = what.metadata;
  for (const SkippedTensor& skipped : what.file.skipped) {
    json["skipped"].push_back({{"name", skipped.name}, {"why", skipped.why}});
  }
  json["use"] = use_text(what);
  return json;
}

}  // namespace

int inspect_command(const CommandLine& line, std::ostream& out) {
  const auto options = given_weights(line);
  const Inspected what = inspected(line.subject, *options);
  if (line.json) {
    out << json_line(to_json(what));
  } else {
    out << head_text(what) << table_text(what) << remarks_text(what)
        << fmt::format("\nto use it: {}\n", use_text(what));
  }
  return kExitDone;
}

}  // namespace modhost::core
