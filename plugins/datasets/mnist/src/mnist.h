// The datasets `mnist`, `fashion_mnist` and `kmnist`.
#pragma once

#include <modhost/image_files.h>

#include <memory>

#include "idx_dataset.h"

namespace modhost_mnist {

template <Digits kWhich>
struct DigitsOptions : modhost::ClassImagesOptions {
  DigitsOptions() : ClassImagesOptions(facts_of(kWhich)) {}
};

// Images [1, 28, 28] of ten classes.
template <Digits kWhich>
class DigitsDataset : public modhost::ClassImages {
 public:
  using OptionsType = DigitsOptions<kWhich>;
  explicit DigitsDataset(std::shared_ptr<const modhost::Options> options)
      : ClassImages(facts_of(kWhich), std::move(options)) {}

  modhost::DataFiles files() const override {
    const char* names[] = {"mnist", "fashion_mnist", "kmnist"};
    modhost::DataFiles out = files_of(kWhich, names[static_cast<int>(kWhich)], given().folder());
    out.download = given().download();
    return out;
  }

 protected:
  modhost::ImageParts read() const override { return read_parts(files()); }
};

using Mnist = DigitsDataset<Digits::mnist>;
using FashionMnist = DigitsDataset<Digits::fashion_mnist>;
using Kmnist = DigitsDataset<Digits::kmnist>;

}  // namespace modhost_mnist
