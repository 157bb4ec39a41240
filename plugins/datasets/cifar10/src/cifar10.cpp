#include "cifar10.h"

#include "published_files.h"

namespace modhost_cifar10 {

modhost::ImageFilesFacts cifar10_facts() {
  modhost::ImageFilesFacts facts;
  facts.title = "CIFAR-10";
  facts.shape = {3, 32, 32};
  facts.classes = {"airplane", "automobile", "bird",  "cat",  "deer",
                   "dog",      "frog",       "horse", "ship", "truck"};
  facts.mirror = true;
  // As the ResNet of Csordas et al. 2021 was trained, and most others are.
  facts.published = {{0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}};
  return facts;
}

modhost::DataFiles Cifar10::files() const {
  modhost::DataFiles out = published_files(given().folder());
  out.download = given().download();
  return out;
}

modhost::ImageParts Cifar10::read() const { return read_published(files()); }

}  // namespace modhost_cifar10
