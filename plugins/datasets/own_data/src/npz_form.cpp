#include "npz_form.h"

#include <modhost/error.h>

namespace modhost_own_data {
namespace {

using modhost::check;
using modhost::Error;
using modhost::ErrorCode;
using modhost::Input;
using modhost::NpyArray;

bool is_byte(const NpyArray& header) { return header.descr == "|u1"; }
bool is_channels(int64_t size) { return size == 1 || size == 3 || size == 4; }

// The number of dimensions says it, and the type where that leaves a choice.
Input input_of(const NpyArray& header, const std::string& wanted) {
  if (wanted == "features") return Input::features;
  if (wanted == "sequence") return Input::sequence;
  if (wanted == "image") return Input::image;
  if (header.shape.size() == 4) return Input::image;
  if (header.shape.size() == 3) return is_byte(header) ? Input::image : Input::sequence;
  return Input::features;
}

[[noreturn]] void fail_shape(const std::string& option, const std::string& name,
                             const NpyArray& header, const std::string& needed) {
  throw Error(ErrorCode::data, "array '" + name + "' ('dataset." + option + "') is '" +
                                   header.descr + "' " + size_text(header.shape) + ", needed " +
                                   needed);
}

void read_input(const NpyArray& header, const std::string& name, const NpzOptions& options,
                NpzForm& out) {
  if (is_text_type(header.descr)) fail_shape("x", name, header, "numbers");
  out.input = input_of(header, options.input());
  std::vector<int64_t> sample(header.shape.begin() + 1, header.shape.end());
  if (out.input == Input::features && sample.size() != 1) {
    fail_shape("x", name, header, "[samples, features]");
  }
  if (out.input == Input::sequence && sample.size() != 2) {
    fail_shape("x", name, header, "[samples, steps, features]");
  }
  if (out.input == Input::image) {
    if (sample.size() == 2) sample.insert(sample.begin(), 1);
    if (sample.size() != 3)
      fail_shape("x", name, header, "[n, c, h, w], [n, h, w, c] or [n, h, w]");
    const bool last = is_channels(sample.back()) && !is_channels(sample.front());
    out.channels_last = header.shape.size() == 4 &&
                        (options.layout() == "auto" ? last : options.layout() == "channels_last");
    if (out.channels_last) sample = {sample[2], sample[0], sample[1]};
  }
  for (const int64_t size : sample) {
    if (size == 0) fail_shape("x", name, header, "at least one number in a sample");
  }
  out.shape = sample;
}

void read_target(const NpyArray& header, const std::string& name, const NpzOptions& options,
                 NpzForm& out) {
  const bool whole = is_whole_number_type(header.descr) || is_text_type(header.descr);
  out.classes = options.target() == "auto" ? whole : options.target() == "classes";
  const bool column = header.shape.size() == 2 && header.shape[1] == 1;
  if (out.classes) {
    if (!whole) fail_shape("y", name, header, "whole numbers or texts for classes");
    if (header.shape.size() == 1 || column) return;
    fail_shape("y", name, header, "[samples] for classes, or --dataset.target values");
  }
  if (is_text_type(header.descr)) fail_shape("y", name, header, "numbers for values");
  if (header.shape.size() > 2) fail_shape("y", name, header, "[samples] or [samples, values]");
  out.values = header.shape.size() == 1 ? 1 : header.shape[1];
  if (out.values < 1) fail_shape("y", name, header, "at least one value in a row");
}

}  // namespace

NpzForm npz_form(const modhost::NpzArrays& headers, const NpzPart& part,
                 const NpzOptions& options) {
  NpzForm out;
  read_input(headers.at(part.x), part.x, options, out);
  read_target(headers.at(part.y), part.y, options, out);
  out.normalize = normalize_named(options.normalize());
  return out;
}

}  // namespace modhost_own_data
