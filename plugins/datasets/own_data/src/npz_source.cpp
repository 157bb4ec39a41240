#include "npz_source.h"

#include <modhost/dataset.h>
#include <modhost/error.h>

#include <algorithm>
#include <map>
#include <utility>

namespace modhost_own_data {
namespace {

using namespace modhost;

constexpr int64_t kRowsAtOnce = 256;

// What has a tensor type of the same name; unsigned numbers above a byte are widened.
Tensor tensor_of(NpyArray array, const std::string& where) {
  static const std::map<std::string, torch::ScalarType> types{
      {"|b1", torch::kBool},  {"|u1", torch::kByte},  {"|i1", torch::kChar},
      {"<i2", torch::kShort}, {"<i4", torch::kInt},   {"<i8", torch::kLong},
      {"<f2", torch::kHalf},  {"<f4", torch::kFloat}, {"<f8", torch::kDouble}};
  const auto found = types.find(array.descr);
  std::vector<int64_t> strides(array.shape.size(), 1);
  const size_t dimensions = array.shape.size();
  for (size_t i = 1; i < dimensions; ++i) {  // from the axis that runs fastest
    const size_t at = array.fortran_order ? i : dimensions - 1 - i;
    const size_t faster = array.fortran_order ? at - 1 : at + 1;
    strides[at] = strides[faster] * array.shape[faster];
  }
  if (found != types.end()) {
    auto kept = std::make_shared<NpyArray>(std::move(array));
    return torch::from_blob(
        kept->bytes.data(), kept->shape, strides, [kept](void*) {}, found->second);
  }
  Tensor out = torch::empty_strided(array.shape, strides, torch::kFloat);
  const auto widen = [&](const auto& values) {
    std::copy(values.begin(), values.end(), out.data_ptr<float>());
  };
  if (array.descr == "<u2") {
    widen(array.values<uint16_t>());
  } else if (array.descr == "<u4") {
    widen(array.values<uint32_t>());
  } else if (array.descr == "<u8") {
    widen(array.values<uint64_t>());
  } else {
    throw Error(ErrorCode::data, where + " is of type '" + array.descr + "', needed numbers");
  }
  return out;
}

// Rows of all parts, one part after the other.
Tensor read_rows(const std::filesystem::path& file, const std::vector<NpzPart>& parts,
                 std::string NpzPart::*name) {
  std::vector<Tensor> rows;
  for (const NpzPart& part : parts) {
    rows.push_back(tensor_of(read_npz_array(file, part.*name),
                             "'" + file.string() + "': array '" + part.*name + "'"));
  }
  return rows.size() == 1 ? rows.front() : torch::cat(rows, 0);
}

void check_finite(const Tensor& rows, const std::string& what, const std::filesystem::path& file) {
  if (!rows.is_floating_point()) return;
  for (int64_t start = 0; start < rows.size(0); start += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows.size(0) - start);
    const Tensor good = rows.narrow(0, start, count).to(torch::kFloat).isfinite();
    if (good.all().item<bool>()) continue;
    const int64_t row = start + good.flatten(1).all(1).logical_not().nonzero()[0].item<int64_t>();
    throw Error(ErrorCode::data,
                "'" + file.string() + "': " + what + " has a number that is not " +
                    "finite (or too large) in sample " + std::to_string(row),
                "samples count from 0, over all splits");
  }
}

class NpzSource : public Source {
 public:
  NpzSource(Tensor input, Tensor target, const NpzForm& form,
            std::shared_ptr<const Annotations> notes)
      : input_(std::move(input)), target_(std::move(target)), notes_(std::move(notes)) {
    const Scaling scaling = measured(form);
    std::vector<int64_t> shape(static_cast<size_t>(input_.dim()), 1);
    shape[form.input == Input::image ? 1 : shape.size() - 1] =
        static_cast<int64_t>(scaling.zero.size());
    zero_ = torch::tensor(scaling.zero).view(shape);
    unit_ = torch::tensor(scaling.unit).view(shape);
  }

  int64_t size() const override { return notes_->size; }
  std::vector<std::string> groups() const override { return notes_->classes; }
  int64_t group(int64_t index) const override {
    return notes_->label.empty() ? 0 : notes_->label[static_cast<size_t>(index)];
  }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices, torch::kLong);
    Batch out;
    out.input = input_.index_select(0, rows).to(torch::kFloat).contiguous();
    out.input.sub_(zero_).div_(unit_);
    out.target = target_.index_select(0, rows);
    return out;
  }

 private:
  // One by one and in double: the same bits at any number of threads.
  Scaling measured(const NpzForm& form) const {
    const bool image = form.input == Input::image;
    const int64_t features = image ? form.shape.front() : form.shape.back();
    if (image && input_.scalar_type() == torch::kByte && form.normalize != Normalize::standard) {
      return {std::vector<float>(static_cast<size_t>(features), 0),
              std::vector<float>(static_cast<size_t>(features), 255)};
    }
    ScalingCounter counter(features);
    for (int64_t start = 0; start < size() && form.normalize != Normalize::none;
         start += kRowsAtOnce) {
      count(start, std::min(kRowsAtOnce, size() - start), image, counter);
    }
    return counter.scaling(form.normalize);
  }
  void count(int64_t start, int64_t rows, bool image, ScalingCounter& counter) const {
    const Tensor block = input_.narrow(0, start, rows).to(torch::kDouble).contiguous();
    const double* value = block.data_ptr<double>();
    const int64_t in_row = block.numel() / rows;
    // Values that follow each other belong to one channel of an image, but to features in turn.
    const int64_t run = image ? block.size(2) * block.size(3) : 1;
    const int64_t features = image ? block.size(1) : block.size(-1);
    for (int64_t row = 0; row < rows; ++row, value += in_row) {
      if (notes_->part[static_cast<size_t>(start + row)] != Part::train) continue;
      for (int64_t i = 0; i < in_row; ++i) {
        counter.add(static_cast<size_t>(i / run % features), value[i]);
      }
    }
  }

  Tensor input_;   // [n, *shape], of the type in the file
  Tensor target_;  // [n] int64 or [n, values] float
  std::shared_ptr<const Annotations> notes_;
  Tensor zero_, unit_;  // [1, ..., features, ...]
};

Tensor class_target(const Annotations& notes) {
  return torch::tensor(notes.label, torch::kInt).to(torch::kLong);
}

}  // namespace

std::shared_ptr<const Source> read_npz_source(const std::filesystem::path& file,
                                              const std::vector<NpzPart>& parts,
                                              const NpzForm& form,
                                              const std::shared_ptr<const Annotations>& notes) {
  Tensor input = read_rows(file, parts, &NpzPart::x);
  check_finite(input, "array '" + parts.front().x + "'", file);
  if (form.input == Input::image && input.dim() == 3) input = input.unsqueeze(1);
  if (form.channels_last) input = input.permute({0, 3, 1, 2});
  Tensor target;
  if (form.classes) {
    target = class_target(*notes);
  } else {
    target = read_rows(file, parts, &NpzPart::y).to(torch::kFloat).view({-1, form.values});
    check_finite(target, "array '" + parts.front().y + "'", file);
  }
  return std::make_shared<NpzSource>(input, target, form, notes);
}

}  // namespace modhost_own_data
