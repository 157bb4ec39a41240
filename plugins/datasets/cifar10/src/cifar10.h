// The dataset `cifar10`.
#pragma once

#include <modhost/image_files.h>

#include <memory>

namespace modhost_cifar10 {

modhost::ImageFilesFacts cifar10_facts();

struct Cifar10Options : modhost::ClassImagesOptions {
  Cifar10Options() : ClassImagesOptions(cifar10_facts()) {}
};

// Images [3, 32, 32] of ten classes.
class Cifar10 : public modhost::ClassImages {
 public:
  using OptionsType = Cifar10Options;
  explicit Cifar10(std::shared_ptr<const modhost::Options> options)
      : ClassImages(cifar10_facts(), std::move(options)) {}

  modhost::DataFiles files() const override;

 protected:
  modhost::ImageParts read() const override;
};

}  // namespace modhost_cifar10
