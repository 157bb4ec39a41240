// The dataset `mixed`: images of two sets in the format of MNIST, learnt as one.
#pragma once

#include <modhost/image_files.h>

#include <memory>
#include <string>
#include <vector>

#include "idx_dataset.h"

namespace modhost_mnist {

struct MixedOptions : modhost::ImageFilesOptions {
  MixedOptions() : ImageFilesOptions(facts_of(Digits::mnist)) {}

  modhost::Option<std::string> first{
      *this, "first", "mnist",
      "one set: mnist, fashion_mnist or kmnist, or a folder with files in the format of MNIST",
      modhost::Paper{"Hod et al. 2021"}};
  modhost::Option<std::string> second{*this, "second", "fashion_mnist", "the other set",
                                      modhost::Paper{"Hod et al. 2021"}};
  modhost::Option<bool> separated{
      *this, "separated", false,
      "labels 0 .. 4 of the first set and 5 .. 9 of the second only: no label belongs to both"};
};

// Two sets of labelled images, in an order of chance.
struct Mixture {
  std::shared_ptr<const modhost::LabelledImages> images;
  std::vector<bool> of_second;  // by image
};

Mixture mixture(const modhost::LabelledImages& first, const modhost::LabelledImages& second,
                bool separated, uint64_t seed);

// Images [1, 28, 28] of ten classes; the tasks are the two sets, each compared with the other.
class Mixed : public modhost::ImageFiles {
 public:
  using OptionsType = MixedOptions;
  explicit Mixed(std::shared_ptr<const modhost::Options> options);

  std::vector<modhost::Task> tasks() const override;
  // Those of both sets.
  modhost::DataFiles files() const override;
  std::string describe() const override;
  std::shared_ptr<const modhost::Source> task(const std::string& name,
                                              modhost::Split split) const override;
  std::shared_ptr<const modhost::Source> other(const std::string& name,
                                               modhost::Split split) const override;

 protected:
  modhost::ImageParts read() const override;

 private:
  const MixedOptions& options() const { return static_cast<const MixedOptions&>(given()); }
  modhost::DataFiles files_of_set(const std::string& set) const;
  std::shared_ptr<const modhost::Source> of_set(bool second, modhost::Split split) const;

  std::vector<std::string> names_;                        // of the two tasks
  mutable std::vector<bool> train_second_, test_second_;  // filled by read()
};

}  // namespace modhost_mnist
