#include "modhost/image_files.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "group_sheet.h"
#include "modhost/count_text.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/numpy_random.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr uint32_t kSplitSeed = 0xC1CAFA52;
constexpr double kHeldOut = 0.2;
constexpr double kLargestPixel = 255;

const ChannelScale& imagenet_scale() {
  static const ChannelScale scale{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};
  return scale;
}

void check_parts(const ImageFilesFacts& facts, const ImageParts& parts) {
  for (const auto* part : {parts.train.get(), parts.test.get()}) {
    check(part->shape == facts.shape && part->size() > 0, ErrorCode::internal,
          "the files of " + facts.title + " were read as images of another shape, or as none");
  }
}

// The images of all sources, one after the other.
LabelledImages gathered(const std::vector<std::shared_ptr<const LabelledImageSource>>& sources,
                        const std::vector<int64_t>& shape) {
  LabelledImages out{shape, {}, {}};
  const auto bytes = static_cast<size_t>(out.image_bytes());
  for (const auto& source : sources) {
    for (int64_t index = 0; index < source->size(); ++index) {
      out.pixels.resize(out.pixels.size() + bytes);
      source->pixels(index, out.pixels.data() + out.pixels.size() - bytes);
      out.labels.push_back(static_cast<uint8_t>(source->group(index)));
    }
  }
  return out;
}

ImageChanges changes_of(const Options& options) {
  const auto& given = static_cast<const ClassImagesOptions&>(options);
  return given.changes.changes(derive_seed(static_cast<uint64_t>(given.seed()), "changes"));
}

}  // namespace

std::vector<bool> paper_split(int64_t count) {
  NumpyRandom random(kSplitSeed);
  std::vector<bool> out;
  out.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out.push_back(random.uniform() > kHeldOut);
  return out;
}

ImageFiles::ImageFiles(ImageFilesFacts facts, std::shared_ptr<const Options> options,
                       const ImageChanges& changes)
    : facts_(std::move(facts)),
      given_(std::static_pointer_cast<const ImageFilesOptions>(std::move(options))),
      changes_(changes),
      changer_(changes, facts_.shape) {
  const std::string& scale = given_->normalise();
  check(
      !changes.grey || scale == "data" || scale == "unit", ErrorCode::config,
      "option 'dataset.normalise' is '" + scale + "', which is of colours, and the images are grey",
      "take --dataset.normalise data");
}

ImageFiles::~ImageFiles() = default;

std::vector<std::string> ImageFiles::chosen_classes() const {
  return given_->classes().empty() ? facts_.classes : given_->classes();
}

std::vector<std::string> ImageFiles::classes() const { return changes_.classes(chosen_classes()); }

Signature ImageFiles::signature() const {
  return {
      Input::image, changer_.shape(), Output::classes, {static_cast<int64_t>(classes().size())}};
}

double ImageFiles::chance() const { return 1.0 / static_cast<double>(classes().size()); }

std::string ImageFiles::describe() const {
  const int64_t versions = augmentation().versions;
  const auto source = all(Split::train);
  std::string text = count_text(source->size() / versions) + " images (" + facts_.title;
  if (!given_->classes().empty()) text += ": " + join(classes());
  if (versions > 1) text += ", each in " + std::to_string(versions) + " versions";
  return text + changes_.text() + ", from " + files().folder.string() + ")";
}

ChannelScale ImageFiles::scale(const LabelledImages& train) const {
  if (given_->normalise() == "data") return measured_scale(train);
  const auto channels = static_cast<size_t>(train.shape.at(0));
  ChannelScale out{std::vector<double>(channels, 0), std::vector<double>(channels, 1)};
  if (given_->normalise() == "published") out = facts_.published;
  if (given_->normalise() == "imagenet") out = imagenet_scale();
  for (size_t channel = 0; channel < channels; ++channel) {
    out.mean[channel] *= kLargestPixel;
    out.deviation[channel] *= kLargestPixel;
  }
  return out;
}

const ImageFiles::Loaded& ImageFiles::loaded() const {
  if (loaded_) return *loaded_;
  Loaded all;
  all.parts = read();
  check_parts(facts_, all.parts);
  if (changer_.part_shape() != facts_.shape) {
    all.parts = {changed_parts(changer_, *all.parts.train),
                 changed_parts(changer_, *all.parts.test)};
  }
  const int64_t count = all.parts.train->size();
  all.trains = given_->split() == "whole" ? std::vector<bool>(static_cast<size_t>(count), true)
                                          : paper_split(count);
  all.scale = scale(*all.parts.train);
  loaded_ = std::move(all);
  return *loaded_;
}

bool ImageFiles::of_test_file(Split split) const {
  return split == Split::test && given_->split() != "paper_test";
}

std::vector<int64_t> ImageFiles::members(Split split) const {
  std::vector<int64_t> out;
  if (split == Split::validation && given_->split() != "paper") return out;
  const bool all = of_test_file(split);
  const int64_t count = all ? loaded().parts.test->size() : loaded().parts.train->size();
  for (int64_t image = 0; image < count; ++image) {
    const bool trains = all || loaded().trains[static_cast<size_t>(image)];
    if (all || trains == (split == Split::train)) out.push_back(image);
  }
  return out;
}

std::vector<int64_t> ImageFiles::chosen(const ImageView& view, Split split) const {
  const int64_t limit = split == Split::train        ? given_->train()
                        : split == Split::validation ? given_->validation()
                                                     : given_->test();
  std::vector<int64_t> out;
  for (const int64_t image : members(split)) {
    if (limit > 0 && static_cast<int64_t>(out.size()) == limit) break;
    const uint8_t label = view.images->labels[static_cast<size_t>(image)];
    if (view.label_of.at(label) >= 0) out.push_back(image);
  }
  return out;
}

Augmentation ImageFiles::augmentation() const {
  Augmentation out;
  if (given_->augment() == "none") return out;
  out.padding = facts_.padding;
  out.mirror = given_->augment() == "crop_flip";
  out.versions = given_->versions();
  out.seed = derive_seed(static_cast<uint64_t>(given_->seed()), "versions");
  return out;
}

std::shared_ptr<const LabelledImageSource> ImageFiles::view(
    Split split, std::vector<int64_t> pixel_order) const {
  ImageView out;
  out.classes = chosen_classes();
  for (const std::string& name : facts_.classes) {
    const auto found = std::find(out.classes.begin(), out.classes.end(), name);
    out.label_of.push_back(found == out.classes.end() ? -1 : found - out.classes.begin());
  }
  out.images = of_test_file(split) ? loaded().parts.test : loaded().parts.train;
  out.chosen = chosen(out, split);
  out.scale = loaded().scale;
  if (split == Split::train) out.augmentation = augmentation();
  out.pixel_order = std::move(pixel_order);
  if (!changes_.none()) out = changed(out, split);
  return std::make_shared<LabelledImageSource>(std::move(out));
}

ImageView ImageFiles::changed(const ImageView& view, Split split) const {
  ImageChanges changes = changes_;
  changes.seed = derive_seed(changes.seed, to_string(split));
  const auto count = static_cast<int64_t>(view.classes.size());
  ImageView out;
  out.images = changed_wholes(changes, changer_, *view.images, view.chosen, view.label_of, count);
  out.chosen.resize(view.chosen.size());
  std::iota(out.chosen.begin(), out.chosen.end(), int64_t{0});
  out.classes = classes();
  out.scale = changer_.scale(view.scale);
  out.augmentation = view.augmentation;
  return out;
}

std::shared_ptr<const Source> ImageFiles::all(Split split) const {
  auto& source = sources_[split];
  if (source == nullptr) source = view(split);
  return source;
}

void ImageFiles::show(const std::filesystem::path& picture) const {
  const auto source = view(Split::train);
  detail::write_group_sheet(picture, changer_.shape(),
                            {source->size(), static_cast<int64_t>(classes().size()),
                             [&](int64_t index) { return source->group(index); },
                             [&](int64_t index, uint8_t* out) { source->pixels(index, out); }});
}

void ImageFiles::export_to(const std::filesystem::path& folder) const {
  const std::vector<int64_t>& shape = changer_.shape();
  check(shape[0] == 1, ErrorCode::usage,
        "images of " + std::to_string(shape[0]) +
            " channels have no place in the IDX files of MNIST, those of one have",
        facts_.shape[0] == 3 ? "add --dataset.grey true" : "");
  make_folder(folder);
  write_idx_files(gathered({view(Split::train), view(Split::validation)}, shape), folder / "train");
  write_idx_files(gathered({view(Split::test)}, shape), folder / "t10k");
}

ClassImages::ClassImages(ImageFilesFacts facts, std::shared_ptr<const Options> options)
    : ImageFiles(std::move(facts), options, changes_of(*options)),
      tasks_(classes(), std::static_pointer_cast<const ClassImagesOptions>(options)->tasks(),
             "classes") {}

ClassImages::~ClassImages() = default;

std::shared_ptr<const Source> ClassImages::task(const std::string& name, Split split) const {
  return tasks_.task(name, all(split));
}

std::shared_ptr<const Source> ClassImages::other(const std::string& name, Split split) const {
  return tasks_.other(name, all(split));
}

}  // namespace v1
}  // namespace modhost
