// A dataset: what it declares, that a sample is a function of its index, and that splits differ.
#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "cases.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/dataset.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr Split kSplits[] = {Split::train, Split::validation, Split::test};
constexpr int64_t kCompared = 300;  // samples of a split that are compared with the other splits

using Indices = std::vector<int64_t>;

std::unique_ptr<DatasetBase> make(const Context& context, const CheckFile::Case& written) {
  const auto& entry = static_cast<const DatasetEntry&>(*context.component);
  auto made = entry.make(options_of(entry, written));
  check(made != nullptr, ErrorCode::plugin, "no dataset is made");
  return made;
}

NamedTensors tensors_of(const Batch& batch) {
  NamedTensors out;
  const std::pair<const char*, Tensor> all[] = {{"input", batch.input},
                                                {"target", batch.target},
                                                {"input_length", batch.input_length},
                                                {"target_length", batch.target_length}};
  for (const auto& [name, tensor] : all) {
    if (tensor.defined()) out.emplace_back(name, tensor);
  }
  return out;
}

// At most `count` indices of a collection, spread over it, first and last included.
Indices spread(int64_t size, int64_t count) {
  Indices out;
  count = std::min(size, count);
  for (int64_t i = 0; i < count; ++i) out.push_back(count == 1 ? 0 : i * (size - 1) / (count - 1));
  return out;
}

constexpr int64_t kDoesNotCount = -1;  // a place of a target

std::string range_fault(const Tensor& tensor, int64_t bound, const std::string& what,
                        int64_t least = 0) {
  if (tensor.scalar_type() != torch::kLong) return what + " is no int64";
  if (tensor.numel() == 0) return "";
  if (tensor.min().item<int64_t>() >= least && tensor.max().item<int64_t>() < bound) return "";
  return what + " leaves " + std::to_string(least) + " .. " + std::to_string(bound - 1);
}

// The shape of one sample; the length of tokens may be shorter than declared.
std::string sample_fault(const Tensor& tensor, int64_t rows, std::vector<int64_t> shape,
                         bool is_tokens, const std::string& what) {
  shape.insert(shape.begin(), rows);
  if (is_tokens && tensor.dim() == 2 && tensor.size(1) <= shape[1]) shape[1] = tensor.size(1);
  if (tensor.sizes() == torch::IntArrayRef(shape)) return "";
  return what + " has shape " + shape_text(tensor) + ", declared is " + shape_text(shape);
}

std::string input_fault(const Signature& signature, const Batch& batch) {
  const bool tokens = signature.input == Input::tokens;
  const std::string fault =
      sample_fault(batch.input, batch.size(), signature.input_shape, tokens, "the input");
  if (!fault.empty()) return fault;
  if (tokens) return range_fault(batch.input, signature.vocabulary, "the input");
  if (batch.input.scalar_type() != torch::kFloat) return "the input is no float32";
  return batch.input.isfinite().all().item<bool>() ? "" : "the input is not finite";
}

std::string target_fault(const Signature& signature, const Batch& batch) {
  const auto& shape = signature.output_shape;
  const int64_t rows = batch.size();
  const std::string what = "the target";
  switch (signature.output) {
    case Output::classes:
    case Output::choice: {
      const std::string fault = sample_fault(batch.target, rows, {}, false, what);
      return fault.empty() ? range_fault(batch.target, shape.at(0), what) : fault;
    }
    case Output::digits:
    case Output::tokens: {
      const std::string fault =
          sample_fault(batch.target, rows, {shape.at(0)}, signature.output == Output::tokens, what);
      return fault.empty() ? range_fault(batch.target, shape.at(1), what, kDoesNotCount) : fault;
    }
    case Output::values:
      return sample_fault(batch.target, rows, shape, false, what);
    case Output::bits: {
      const std::string fault = sample_fault(batch.target, rows, shape, false, what);
      if (!fault.empty()) return fault;
      const bool bits = (batch.target == 0).logical_or(batch.target == 1).all().item<bool>();
      return bits ? "" : what + " has numbers that are neither 0 nor 1";
    }
  }
  return "";
}

std::string length_fault(const Tensor& length, const Tensor& padded, const std::string& what) {
  if (!length.defined()) return "";
  if (length.sizes() != torch::IntArrayRef{padded.size(0)}) {
    return what + " has shape " + shape_text(length);
  }
  const std::string fault = range_fault(length, padded.size(1) + 1, what);
  return fault;
}

std::string declared_fault(const Signature& signature, const Batch& batch, int64_t rows) {
  if (!batch.input.defined() || !batch.target.defined()) return "a sample lacks input or target";
  if (batch.input.dim() == 0 || batch.input.size(0) != rows) {
    return "the input has shape " + shape_text(batch.input) + " for " + std::to_string(rows) +
           " samples";
  }
  for (const std::string& fault :
       {input_fault(signature, batch), target_fault(signature, batch),
        length_fault(batch.input_length, batch.input, "input_length"),
        length_fault(batch.target_length, batch.target, "target_length")}) {
    if (!fault.empty()) return fault;
  }
  return "";
}

// The same samples asked for in other ways must be the same bits.
std::string purity_fault(const Source& source, const Indices& indices) {
  const Batch first = source.load(indices);
  std::string fault = first_difference(tensors_of(source.load(indices)), tensors_of(first));
  if (!fault.empty()) return "loaded twice, " + fault;
  Indices backwards(indices.rbegin(), indices.rend());
  const Batch reversed = source.load(backwards);
  Batch beside;
  std::thread thread([&] { beside = source.load(indices); });
  thread.join();
  fault = first_difference(tensors_of(beside), tensors_of(first));
  if (!fault.empty()) return "loaded from a second thread, " + fault;
  const int64_t rows = first.size();
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t index = indices[static_cast<size_t>(row)];
    const Batch alone = source.load({index});
    for (const Batch* other : {&alone, &reversed}) {
      const int64_t at = other == &alone ? 0 : rows - 1 - row;
      // Padding may be shorter in another batch.
      const auto same = [&](const Tensor& a, const Tensor& b) {
        if (a.dim() < 2) return same_bits(a[at], b[row]);
        const int64_t common = std::min(a.size(1), b.size(1));
        return same_bits(a[at].narrow(0, 0, common), b[row].narrow(0, 0, common));
      };
      if (!same(other->input, first.input) || !same(other->target, first.target)) {
        return "sample " + std::to_string(index) + " depends on the batch it is loaded in";
      }
    }
  }
  return "";
}

std::string group_fault(const Source& source, const Indices& indices) {
  const auto count = static_cast<int64_t>(source.groups().size());
  if (count == 0) return "";
  for (const int64_t index : indices) {
    const int64_t group = source.group(index);
    if (group < 0 || group >= count) {
      return "group(" + std::to_string(index) + ") is " + std::to_string(group) + " of " +
             std::to_string(count);
    }
  }
  return "";
}

std::string source_fault(const Signature& signature, const Source& source) {
  if (source.size() < 0) return "its size is negative";
  if (source.size() == 0) return "";
  Indices indices = spread(source.size(), 6);
  std::string fault =
      declared_fault(signature, source.load(indices), static_cast<int64_t>(indices.size()));
  if (fault.empty()) fault = purity_fault(source, indices);
  if (fault.empty()) fault = group_fault(source, indices);
  if (!fault.empty()) return fault;
  indices = {indices.back(), indices.front(), indices.back()};
  const Batch again = source.load(indices);
  return again.size() == 3 && same_bits(again.input[0], again.input[2])
             ? ""
             : "a sample that is asked for twice in one batch is not the same twice";
}

// All collections of a dataset by name.
std::map<std::string, std::shared_ptr<const Source>> collections(const DatasetBase& data) {
  std::map<std::string, std::shared_ptr<const Source>> out;
  for (const Split split : kSplits) {
    out["all/" + to_string(split)] = data.all(split);
    for (const Task& task : data.tasks()) {
      out[task.name + "/" + to_string(split)] = data.task(task.name, split);
    }
  }
  return out;
}

Outcome contract(const Context& context, const CheckFile::Case& written) {
  const auto data = make(context, written);
  const Signature signature = data->signature();
  if (data->describe().empty()) return fail("it does not describe itself");
  if (!(data->chance() >= 0 && data->chance() <= 1)) return fail("chance() leaves 0 .. 1");
  const auto all = collections(*data);
  for (const auto& [name, source] : all) {
    if (source == nullptr) return fail("'" + name + "' is nothing");
    const std::string fault = source_fault(signature, *source);
    if (!fault.empty()) return fail("'" + name + "': " + fault);
  }
  if (all.at("all/train")->size() == 0) return fail("there are no training " + data->unit());
  return pass(signature.text() + "; " + std::to_string(data->tasks().size()) + " tasks");
}

// A sample's input as bytes.
std::string bytes_of(const Tensor& tensor) {
  const Tensor flat = tensor.contiguous();
  return {static_cast<const char*>(flat.data_ptr()), flat.nbytes()};
}

Outcome disjoint(const Context& context, const CheckFile::Case& written) {
  const auto data = make(context, written);
  std::map<std::string, std::string> seen;  // input -> where
  int64_t compared = 0;
  for (const Split split : kSplits) {
    const auto source = data->all(split);
    if (source->size() == 0) continue;
    std::map<std::string, std::string> own;
    for (const int64_t index : spread(source->size(), kCompared)) {
      const Batch one = source->load({index});
      const std::string where = to_string(split) + " sample " + std::to_string(index);
      const auto found = seen.find(bytes_of(one.input));
      if (found != seen.end()) return fail(where + " is also " + found->second);
      own.emplace(bytes_of(one.input), where);
      ++compared;
    }
    seen.merge(own);
  }
  return pass(std::to_string(compared) + " samples compared");
}

Outcome stable(const Context& context, const CheckFile::Case& written) {
  const auto first = make(context, written), second = make(context, written);
  const auto all = collections(*first), again = collections(*second);
  for (const auto& [name, source] : all) {
    const auto& other = again.at(name);
    if (source->size() != other->size()) return fail("'" + name + "' has another size");
    if (source->size() == 0) continue;
    const Indices indices = spread(source->size(), 8);
    const std::string fault =
        first_difference(tensors_of(other->load(indices)), tensors_of(source->load(indices)));
    if (!fault.empty()) return fail("made twice with the same options, in '" + name + "' " + fault);
  }
  return pass();
}

// Options that name a folder or file of data.
Outcome offline(const Context& context, const CheckFile::Case& written) {
  std::vector<std::string> tried;
  const auto declared = context.component->make_options();
  for (const OptionBase* option : declared->all()) {
    const std::string& name = option->name();
    const bool is_place = name == "folder" || name == "file" || name == "dir" || name == "path";
    if (!is_place || option->type_text() != "text") continue;
    CheckFile::Case absent = written;
    OptionValue value;
    value.value = (context.scratch / "no-such-place").string();
    value.as_text = true;
    value.origin = "the check";
    absent.options[name] = value;
    tried.push_back(name);
    try {
      const auto data = make(context, absent);
      data->all(Split::train)->load({0});
      return fail("'" + name + "' names a place that is not there, and no error comes");
    } catch (const Error& error) {
      const ErrorCode code = error.code();
      if (code != ErrorCode::config && code != ErrorCode::data && code != ErrorCode::io) {
        return fail("absent data is told as another kind of error: " + error.full());
      }
      if (error.full().find("no-such-place") == std::string::npos) {
        return fail("the error of absent data does not name the place: " + error.full());
      }
    } catch (...) {
      return fail("absent data ends in " + current_exception_text());
    }
  }
  return tried.empty() ? skip("it reads no files") : pass("option " + join(tried));
}

template <Outcome (*run)(const Context&, const CheckFile::Case&)>
Outcome each_case(const Context& context) {
  return worst_of<NumberedCase>(numbered_cases(context),
                                [&](const NumberedCase& one) { return run(context, one.written); });
}

}  // namespace

void add_dataset_checks(Checks& out) {
  const Scope scope = Scope::dataset;
  out.push_back({"dataset-contract", scope,
                 "samples are as declared and a function of their index, in any batch and thread",
                 each_case<contract>});
  out.push_back({"dataset-splits", scope, "no sample is in two splits", each_case<disjoint>});
  out.push_back(
      {"dataset-stable", scope, "the same options give the same samples", each_case<stable>});
  out.push_back({"dataset-offline", scope, "absent files are told by an error that names them",
                 each_case<offline>});
}

}  // namespace modhost::conformance
