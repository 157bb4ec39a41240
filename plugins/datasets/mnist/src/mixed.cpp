// Two sets of images as one, to ask whether a network keeps what they need apart (Hod et al. 2021).
#include "mixed.h"

#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <algorithm>
#include <filesystem>

namespace modhost_mnist {
namespace {

using namespace modhost;
namespace fs = std::filesystem;

constexpr uint8_t kBorder = 5;  // the first label of the second set, when they are separated
const std::vector<std::string> kKnown = {"mnist", "fashion_mnist", "kmnist"};

ImageFilesFacts mixed_facts() {
  ImageFilesFacts facts = facts_of(Digits::mnist);
  facts.title = "two sets";
  return facts;
}

bool is_known(const std::string& set) {
  return std::find(kKnown.begin(), kKnown.end(), set) != kKnown.end();
}

Digits digits_named(const std::string& set) {
  return static_cast<Digits>(std::find(kKnown.begin(), kKnown.end(), set) - kKnown.begin());
}

// The last part of a folder's name.
std::string name_of(const std::string& set) {
  const fs::path path = fs::path(set).lexically_normal();
  const fs::path last = path.has_filename() ? path.filename() : path.parent_path().filename();
  return last.empty() ? "set" : last.string();
}

}  // namespace

Mixture mixture(const LabelledImages& first, const LabelledImages& second, bool separated,
                uint64_t seed) {
  std::vector<std::pair<bool, int64_t>> chosen;  // of the second set, image
  for (const bool of_second : {false, true}) {
    const LabelledImages& set = of_second ? second : first;
    for (int64_t image = 0; image < set.size(); ++image) {
      const bool high = set.labels[static_cast<size_t>(image)] >= kBorder;
      if (!separated || high == of_second) chosen.emplace_back(of_second, image);
    }
  }
  auto images = std::make_shared<LabelledImages>();
  images->shape = first.shape;
  const int64_t bytes = first.image_bytes();
  Mixture out;
  for (const int64_t place : permutation(static_cast<int64_t>(chosen.size()), seed)) {
    const auto& [of_second, image] = chosen[static_cast<size_t>(place)];
    const LabelledImages& set = of_second ? second : first;
    const auto begin = set.pixels.begin() + image * bytes;
    images->pixels.insert(images->pixels.end(), begin, begin + bytes);
    images->labels.push_back(set.labels[static_cast<size_t>(image)]);
    out.of_second.push_back(of_second);
  }
  out.images = std::move(images);
  return out;
}

Mixed::Mixed(std::shared_ptr<const Options> given) : ImageFiles(mixed_facts(), std::move(given)) {
  names_ = {name_of(options().first()), name_of(options().second())};
  check(options().first() != options().second(), ErrorCode::config,
        "option 'dataset.second' is '" + options().second() + "', which is the first set too");
  if (names_[0] == names_[1]) names_[1] += "_2";
}

std::vector<Task> Mixed::tasks() const {
  return {{names_[0], "only images of the first set; compared with the second"},
          {names_[1], "only images of the second set; compared with the first"}};
}

std::string Mixed::describe() const {
  std::string text = ImageFiles::describe();
  const size_t from = text.find(", from ");
  return text.substr(0, from) + ": " + names_[0] + " and " + names_[1] +
         (options().separated() ? ", labels 0 .. 4 and 5 .. 9" : "") + text.substr(from);
}

DataFiles Mixed::files_of_set(const std::string& set) const {
  const std::string& folder = options().folder();
  DataFiles out = is_known(set) ? files_of(digits_named(set), "mixed",
                                           folder.empty() ? "" : (fs::path(folder) / set).string())
                                : files_of(Digits::mnist, "mixed",
                                           fs::absolute(fs::path(folder) / set).string());
  // Both sets share a folder above them; names of other sets are whole paths.
  for (DataFile& file : out.list) {
    if (is_known(set)) {
      file.name = set + "/" + file.name;
    } else {
      file = {(out.folder / file.name).string()};
    }
  }
  if (!is_known(set)) out.source.clear();
  out.folder = out.folder.parent_path();
  return out;
}

DataFiles Mixed::files() const {
  DataFiles out = files_of_set(options().first());
  const DataFiles second = files_of_set(options().second());
  if (is_known(options().second())) out.folder = second.folder;
  out.list.insert(out.list.end(), second.list.begin(), second.list.end());
  out.source = is_known(options().first()) && is_known(options().second())
                   ? out.source + " and " + second.source
                   : "";
  out.download = options().download();
  return out;
}

ImageParts Mixed::read() const {
  const ImageParts first = read_parts(files_of_set(options().first()));
  const ImageParts second = read_parts(files_of_set(options().second()));
  const uint64_t seed = derive_seed(static_cast<uint64_t>(options().seed()), "mixture");
  Mixture train = mixture(*first.train, *second.train, options().separated(), seed);
  Mixture test = mixture(*first.test, *second.test, options().separated(), derive_seed(seed, 1));
  check(train.images->size() > 0 && test.images->size() > 0, ErrorCode::data,
        "there are no images with labels 0 .. 4 in the first set and 5 .. 9 in the second");
  train_second_ = std::move(train.of_second);
  test_second_ = std::move(test.of_second);
  return {std::move(train.images), std::move(test.images)};
}

std::shared_ptr<const Source> Mixed::of_set(bool second, Split split) const {
  const auto source = std::dynamic_pointer_cast<const LabelledImageSource>(all(split));
  const bool of_test_file = split == Split::test && options().split() != "paper_test";
  const std::vector<bool>& of_second = of_test_file ? test_second_ : train_second_;
  std::vector<int64_t> indices;
  for (int64_t index = 0; index < source->size(); ++index) {
    if (of_second.at(static_cast<size_t>(source->image(index))) == second) indices.push_back(index);
  }
  return subset(source, std::move(indices));
}

std::shared_ptr<const Source> Mixed::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return of_set(name == names_[1], split);
}

std::shared_ptr<const Source> Mixed::other(const std::string& name, Split split) const {
  check_task(*this, name);
  return of_set(name != names_[1], split);
}

}  // namespace modhost_mnist
