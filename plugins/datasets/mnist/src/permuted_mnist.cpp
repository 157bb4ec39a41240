// Permuted MNIST: the same images with their pixels in another order, one order a task.
#include "permuted_mnist.h"

#include <modhost/error.h>
#include <modhost/image_sheet.h>
#include <modhost/numpy_random.h>
#include <modhost/subset.h>

#include <algorithm>
#include <numeric>

namespace modhost_mnist {
namespace {

using namespace modhost;

constexpr int64_t kPixels = 784;
constexpr const char* kPrefix = "permutation_";
constexpr int64_t kShownRows = 11;
constexpr int64_t kShownColumns = 16;

ImageFilesFacts permuted_facts() {
  ImageFilesFacts facts = facts_of(Digits::mnist);
  facts.title = "permuted MNIST";
  return facts;
}

}  // namespace

std::vector<int64_t> pixel_order(int64_t number) {
  if (number > 0) return NumpyRandom(static_cast<uint32_t>(number)).permutation(kPixels);
  std::vector<int64_t> order(kPixels);
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

PermutedMnist::PermutedMnist(std::shared_ptr<const Options> options)
    : ImageFiles(permuted_facts(), std::move(options)) {}

Signature PermutedMnist::signature() const {
  Signature out = ImageFiles::signature();
  out.input = Input::features;
  out.input_shape = {kPixels};
  return out;
}

std::vector<Task> PermutedMnist::tasks() const {
  std::vector<Task> out;
  for (int64_t number = 0; number < options().permutations(); ++number) {
    const std::string text = std::to_string(number);
    out.push_back({kPrefix + text, number == 0 ? "the pixels in the order of MNIST"
                                               : "all images, pixels in order " + text});
  }
  return out;
}

DataFiles PermutedMnist::files() const {
  DataFiles out = files_of(Digits::mnist, "permuted_mnist", options().folder());
  out.download = options().download();
  return out;
}

std::shared_ptr<const Source> PermutedMnist::permuted(int64_t number, Split split) const {
  auto& source = permuted_[{number, split}];
  if (source == nullptr) source = view(split, pixel_order(number));
  return source;
}

std::shared_ptr<const Source> PermutedMnist::all(Split split) const {
  if (options().network() == "first") return permuted(0, split);
  std::vector<std::shared_ptr<const Source>> parts;
  std::vector<std::string> names;
  for (const Task& task : tasks()) {
    parts.push_back(permuted(static_cast<int64_t>(parts.size()), split));
    names.push_back(task.name);
  }
  return joined(std::move(parts), std::move(names));
}

std::shared_ptr<const Source> PermutedMnist::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return permuted(std::stoll(name.substr(std::string(kPrefix).size())), split);
}

void PermutedMnist::show(const std::filesystem::path& picture) const {
  const int64_t rows = std::min(kShownRows, options().permutations());
  std::vector<std::shared_ptr<const LabelledImageSource>> sources;
  for (int64_t row = 0; row < rows; ++row) {
    sources.push_back(view(Split::train, pixel_order(row)));
  }
  const auto paint = [&](int64_t row, int64_t column, uint8_t* pixels) {
    const LabelledImageSource& source = *sources[static_cast<size_t>(row)];
    if (column >= source.size()) return false;
    source.pixels(column, pixels);
    return true;
  };
  write_image_sheet(picture, facts().shape, rows, kShownColumns, paint);
}

}  // namespace modhost_mnist
