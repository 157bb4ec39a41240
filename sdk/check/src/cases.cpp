#include "cases.h"

#include <algorithm>
#include <set>

#include "measure.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr Input kInputs[] = {Input::features, Input::sequence, Input::image, Input::tokens,
                             Input::panels};
constexpr Output kOutputs[] = {Output::classes, Output::digits, Output::tokens,
                               Output::choice,  Output::values, Output::bits};

constexpr int64_t kVocabulary = 11;

// Sizes that differ from each other, so that a mixed-up dimension shows.
std::vector<int64_t> usual_shape(Input input) {
  switch (input) {
    case Input::features:
      return {7};
    case Input::sequence:
      return {6, 5};
    case Input::image:
      return {3, 16, 16};
    case Input::tokens:
      return {6};
    case Input::panels:
      return {16, 16, 16};
  }
  return {};
}

std::vector<int64_t> usual_shape(Output output) {
  switch (output) {
    case Output::classes:
      return {3};
    case Output::digits:
      return {2, 4};
    case Output::tokens:
      return {5, 9};
    case Output::choice:
      return {8};
    case Output::values:
    case Output::bits:
      return {3};
  }
  return {};
}

// "image [3, 8, 8]" -> kind and shape; the shape may be left out.
template <typename Kind, size_t N>
void read_side(const std::string& text, const Kind (&kinds)[N], Kind& kind,
               std::vector<int64_t>& shape) {
  const size_t bracket = std::min(text.find('['), text.size());
  std::string name = text.substr(0, bracket);
  name.erase(name.find_last_not_of(' ') + 1);
  std::vector<std::string> known;
  const Kind* found = nullptr;
  for (const Kind& one : kinds) {
    known.push_back(to_string(one));
    if (known.back() == name) found = &one;
  }
  check(found != nullptr, ErrorCode::config,
        std::string(kCheckFileName) + ": unknown kind '" + name + "' in '" + text +
            "'; known are " + join(known),
        did_you_mean(name, known));
  kind = *found;
  shape = usual_shape(kind);
  if (bracket == text.size()) return;
  Options holder;
  Option<std::vector<int64_t>> sizes(holder, "shape", {}, "", AtLeast{1});
  OptionValue value;
  value.value = text.substr(bracket);
  value.as_text = true;
  value.origin = kCheckFileName;
  sizes.assign("shape of '" + name + "'", value);
  shape = sizes();
}

void complete(Signature& signature, const CheckFile::Case& written) {
  if (signature.input == Input::tokens) {
    signature.vocabulary = written.vocabulary > 0 ? written.vocabulary : kVocabulary;
  }
  if (signature.input == Input::sequence && signature.output == Output::digits) {
    const int64_t steps = signature.input_shape[0], places = signature.output_shape[0];
    for (int64_t place = 0; place < places; ++place) {
      signature.read_steps.push_back(std::max<int64_t>(0, steps - places + place));
    }
  }
}

template <typename T>
T at(const std::vector<T>& list, size_t index) {
  return list[std::min(index, list.size() - 1)];
}

// Every input and every output once; all pairs when `all`.
std::vector<std::pair<Input, Output>> pairs(const Accepts& accepts, bool all) {
  std::vector<std::pair<Input, Output>> out;
  if (accepts.inputs.empty() || accepts.outputs.empty()) return out;
  if (!all) {
    for (size_t i = 0; i < std::max(accepts.inputs.size(), accepts.outputs.size()); ++i) {
      out.emplace_back(at(accepts.inputs, i), at(accepts.outputs, i));
    }
    return out;
  }
  for (const Input input : accepts.inputs) {
    for (const Output output : accepts.outputs) out.emplace_back(input, output);
  }
  return out;
}

ModelCase model_case(const CheckFile::Case& written, Input input, Output output) {
  ModelCase one;
  one.written = written;
  one.signature.input = input;
  one.signature.input_shape = usual_shape(input);
  one.signature.output = output;
  one.signature.output_shape = usual_shape(output);
  if (!written.input.empty()) {
    read_side(written.input, kInputs, one.signature.input, one.signature.input_shape);
  }
  if (!written.output.empty()) {
    read_side(written.output, kOutputs, one.signature.output, one.signature.output_shape);
  }
  complete(one.signature, written);
  one.text = one.signature.text();
  return one;
}

Tensor random_integers(torch::IntArrayRef shape, int64_t bound, uint64_t seed) {
  return uniform(shape, 0, static_cast<double>(bound), seed).floor().to(torch::kLong);
}

// 1 .. longest, the first one the longest.
Tensor random_lengths(int64_t rows, int64_t longest, uint64_t seed) {
  Tensor lengths = random_integers({rows}, longest, seed) + 1;
  if (rows > 0) lengths[0] = longest;
  return lengths;
}

std::vector<int64_t> with_rows(int64_t rows, const std::vector<int64_t>& shape) {
  std::vector<int64_t> out{rows};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

// Tokens below the last one of the vocabulary, which ends a sequence at its length - 1 and pads it.
void set_token_target(Batch& batch, const Signature& signature, int64_t rows, uint64_t seed) {
  const int64_t length = signature.output_shape[0], end = signature.output_shape[1] - 1;
  batch.target_length = random_lengths(rows, length, derive_seed(seed, "target_length"));
  const Tensor place = torch::arange(length).unsqueeze(0);
  const Tensor tokens = random_integers({rows, length}, end, derive_seed(seed, "target"));
  batch.target = torch::where(place < batch.target_length.unsqueeze(1) - 1, tokens,
                              torch::full_like(tokens, end));
}

}  // namespace

std::vector<CheckFile::Case> written_cases(const Context& context) {
  std::vector<CheckFile::Case> out;
  for (const CheckFile::Case& one : context.file.cases) {
    if (one.component == context.component->name) out.push_back(one);
  }
  if (out.empty()) out.emplace_back();
  return out;
}

std::vector<NumberedCase> numbered_cases(const Context& context) {
  std::vector<NumberedCase> out;
  for (const CheckFile::Case& one : written_cases(context)) {
    out.push_back({one, "case " + std::to_string(out.size() + 1)});
  }
  return out;
}

std::shared_ptr<Options> options_of(const Component& component, const CheckFile::Case& written) {
  std::shared_ptr<Options> options = component.make_options();
  options->assign(to_string(component.kind), component.name, written.options);
  options->validate();
  return options;
}

std::vector<ModelCase> model_cases(const Context& context) {
  const auto& entry = static_cast<const ModelEntry&>(*context.component);
  std::vector<ModelCase> out;
  for (const CheckFile::Case& written : written_cases(context)) {
    std::set<std::string> seen;  // a side that the case fixes would come once for each accepted one
    for (const auto& [input, output] : pairs(entry.accepts, context.level == Level::full)) {
      ModelCase one = model_case(written, input, output);
      if (seen.insert(one.text).second) out.push_back(std::move(one));
    }
  }
  return out;
}

Batch random_batch(const Signature& signature, int64_t rows, uint64_t seed,
                   torch::ScalarType type) {
  Batch batch;
  const std::vector<int64_t> shape = with_rows(rows, signature.input_shape);
  if (signature.input == Input::tokens) {
    batch.input = random_integers(shape, signature.vocabulary, derive_seed(seed, "input"));
    batch.input_length =
        random_lengths(rows, signature.input_shape[0], derive_seed(seed, "input_length"));
  } else {
    batch.input = normal(shape, derive_seed(seed, "input"), type);
  }
  const uint64_t target_seed = derive_seed(seed, "target");
  switch (signature.output) {
    case Output::classes:
    case Output::choice:
      batch.target = random_integers({rows}, signature.output_shape[0], target_seed);
      break;
    case Output::digits:
      batch.target = random_integers({rows, signature.output_shape[0]}, signature.output_shape[1],
                                     target_seed);
      break;
    case Output::tokens:
      set_token_target(batch, signature, rows, seed);
      break;
    case Output::values:
      batch.target = normal(with_rows(rows, signature.output_shape), target_seed, type);
      break;
    case Output::bits:
      batch.target =
          random_integers(with_rows(rows, signature.output_shape), 2, target_seed).to(type);
      break;
  }
  return batch;
}

}  // namespace modhost::conformance
