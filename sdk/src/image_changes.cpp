#include "modhost/image_changes.h"

#include <algorithm>
#include <utility>

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

const std::vector<std::string> kComposeNames = {"none", "halves", "halves_same", "stacked",
                                                "stacked_same"};

std::vector<std::string> numbered(const std::string& prefix, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back(prefix + std::to_string(i));
  return out;
}

// For each class, its images, no more than the smallest class that there is has.
std::vector<std::vector<int64_t>> first_of_classes(const std::vector<int64_t>& labels,
                                                   int64_t classes) {
  std::vector<std::vector<int64_t>> out(static_cast<size_t>(classes));
  for (size_t i = 0; i < labels.size(); ++i) {
    out[static_cast<size_t>(labels[i])].push_back(static_cast<int64_t>(i));
  }
  size_t smallest = labels.size();
  for (const auto& members : out) {
    if (!members.empty()) smallest = std::min(smallest, members.size());
  }
  for (auto& members : out) members.resize(std::min(members.size(), smallest));
  return out;
}

class ChangedReader : public ImageReader {
 public:
  ChangedReader(const ImageChanges& changes, std::unique_ptr<ImageReader> images,
                const std::vector<int64_t>& shape)
      : changer_(changes, shape), images_(std::move(images)) {
    bytes_ = static_cast<size_t>(shape[0] * shape[1] * shape[2]);
    const std::vector<int64_t>& part = changer_.part_shape();
    part_bytes_ = static_cast<size_t>(part[0] * part[1] * part[2]);
    groups_ = changes.classes(images_->groups());
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < images_->size(); ++i) labels.push_back(images_->group(i));
    pairs_ = image_pairs(changes, labels, static_cast<int64_t>(groups_.size()));
    two_ = changes.pairs();
  }

  int64_t size() const override { return images_->size(); }
  std::vector<std::string> groups() const override { return groups_; }
  int64_t group(int64_t index) const override { return pair(index).label; }

  int64_t read(int64_t index, uint8_t* pixels) const override {
    const std::vector<uint8_t> first = part(pair(index).first);
    const std::vector<uint8_t> second = two_ ? part(pair(index).second) : first;
    changer_.whole(first.data(), second.data(), pixels);
    return pair(index).label;
  }

 private:
  const ImagePair& pair(int64_t index) const { return pairs_.at(static_cast<size_t>(index)); }
  std::vector<uint8_t> part(int64_t index) const {
    std::vector<uint8_t> image(bytes_), out(part_bytes_);
    images_->read(index, image.data());
    changer_.part(image.data(), out.data());
    return out;
  }

  ImageChanger changer_;
  std::unique_ptr<ImageReader> images_;
  std::vector<std::string> groups_;
  std::vector<ImagePair> pairs_;
  size_t bytes_ = 0, part_bytes_ = 0;
  bool two_ = false;
};

}  // namespace

bool ImageChanges::none() const {
  return !grey && side == 0 && !pairs() && tile == 1 && !random_labels;
}

std::vector<std::string> ImageChanges::classes(const std::vector<std::string>& names) const {
  if (random_labels) return numbered("label_", names.size());
  return sums() ? numbered("sum_", names.size()) : names;
}

std::string ImageChanges::text() const {
  std::string out;
  if (grey) out += ", grey";
  if (side > 0) out += ", " + std::to_string(side) + "x" + std::to_string(side) + " pixels";
  if (pairs()) out += ", two in one: " + kComposeNames[static_cast<size_t>(compose)];
  if (tile > 1) out += ", " + std::to_string(tile) + " equal channels";
  if (random_labels) out += ", random labels";
  return out;
}

ImageChangesOptions::ImageChangesOptions(Options& owner)
    : grey(owner, "grey", false, "make colour images grey"),
      resize(owner, "resize", 0,
             "pixels along an image, which is made smaller (or larger) for it, bilinear and "
             "anti-aliased; 0: as it is",
             Range{0, 512}),
      compose(owner, "compose", "none",
              "put two images into one; halves: side by side, each half as wide; stacked: as "
              "channels; both learn the sum of the two labels modulo the number of classes; "
              "halves_same, stacked_same: two images of one class, which is the label",
              Choices{kComposeNames}, Paper{"Hod et al. 2021"}),
      tile(owner, "tile", 1, "channels that all show the same grey image", Range{1, 16}),
      random_labels(owner, "random_labels", false, "labels by chance, also of test images") {}

ImageChanges ImageChangesOptions::changes(uint64_t seed) const {
  const auto found = std::find(kComposeNames.begin(), kComposeNames.end(), compose());
  ImageChanges out;
  out.grey = grey();
  out.side = resize();
  out.compose = static_cast<ImageChanges::Compose>(found - kComposeNames.begin());
  out.tile = tile();
  out.random_labels = random_labels();
  out.seed = seed;
  return out;
}

std::vector<ImagePair> image_pairs(const ImageChanges& changes, const std::vector<int64_t>& labels,
                                   int64_t classes) {
  const auto same = changes.pairs() && !changes.sums() ? first_of_classes(labels, classes)
                                                       : std::vector<std::vector<int64_t>>{};
  std::vector<ImagePair> out;
  out.reserve(labels.size());
  const auto label = [&](int64_t i) { return labels[static_cast<size_t>(i)]; };
  RandomStream pairs(derive_seed(changes.seed, "pairs"));
  RandomStream chance(derive_seed(changes.seed, "labels"));
  for (int64_t i = 0; i < static_cast<int64_t>(labels.size()); ++i) {
    ImagePair pair{i, i, label(i)};
    if (changes.sums()) {
      pair.first = static_cast<int64_t>(pairs.below(labels.size()));
      pair.second = static_cast<int64_t>(pairs.below(labels.size()));
      pair.label = (label(pair.first) + label(pair.second)) % classes;
    } else if (changes.pairs()) {
      const auto& members = same[static_cast<size_t>(label(i))];
      pair.second = members[static_cast<size_t>(pairs.below(members.size()))];
    }
    if (changes.random_labels) {
      pair.label = static_cast<int64_t>(chance.below(static_cast<uint64_t>(classes)));
    }
    out.push_back(pair);
  }
  return out;
}

std::shared_ptr<const LabelledImages> changed_parts(const ImageChanger& changer,
                                                    const LabelledImages& images) {
  auto out = std::make_shared<LabelledImages>();
  out->shape = changer.part_shape();
  out->labels = images.labels;
  const int64_t bytes = images.image_bytes(), part_bytes = out->image_bytes();
  out->pixels.resize(static_cast<size_t>(part_bytes * images.size()));
  for (int64_t i = 0; i < images.size(); ++i) {
    changer.part(images.pixels.data() + i * bytes, out->pixels.data() + i * part_bytes);
  }
  return out;
}

std::shared_ptr<const LabelledImages> changed_wholes(
    const ImageChanges& changes, const ImageChanger& changer, const LabelledImages& parts,
    const std::vector<int64_t>& chosen, const std::vector<int64_t>& label_of, int64_t classes) {
  std::vector<int64_t> labels;
  for (const int64_t image : chosen) {
    labels.push_back(label_of.at(parts.labels.at(static_cast<size_t>(image))));
  }
  auto out = std::make_shared<LabelledImages>();
  out->shape = changer.shape();
  const int64_t bytes = out->image_bytes(), part_bytes = parts.image_bytes();
  out->pixels.resize(static_cast<size_t>(bytes) * chosen.size());
  const auto part = [&](int64_t place) {
    return parts.pixels.data() + chosen[static_cast<size_t>(place)] * part_bytes;
  };
  uint8_t* at = out->pixels.data();
  for (const ImagePair& pair : image_pairs(changes, labels, classes)) {
    changer.whole(part(pair.first), part(pair.second), at);
    out->labels.push_back(static_cast<uint8_t>(pair.label));
    at += bytes;
  }
  return out;
}

std::unique_ptr<ImageReader> changed_reader(const ImageChanges& changes,
                                            std::unique_ptr<ImageReader> images,
                                            const std::vector<int64_t>& shape) {
  if (changes.none()) return images;
  return std::make_unique<ChangedReader>(changes, std::move(images), shape);
}

}  // namespace v1
}  // namespace modhost
