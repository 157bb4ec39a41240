// The dataset `permuted_mnist`.
#pragma once

#include <modhost/image_files.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "idx_dataset.h"

namespace modhost_mnist {

// Where the pixels of permutation `number` come from: numpy's RandomState(number).permutation(784),
// and for 0 each its own place (Csordas et al. 2021).
std::vector<int64_t> pixel_order(int64_t number);

struct PermutedMnistOptions : modhost::ImageFilesOptions {
  PermutedMnistOptions() : ImageFilesOptions(facts_of(Digits::mnist)) {}

  modhost::Option<int64_t> permutations{
      *this,
      "permutations",
      11,
      "orders of the pixels, each a task; the first is that of MNIST",
      modhost::Range{1, 1000},
      modhost::Paper{"Csordas et al. 2021: 11"}};
  modhost::Option<std::string> network{
      *this, "network", "first",
      "what the network learns; first: permutation 0 alone; all: all of them at once",
      modhost::Choices{{"first", "all"}}};
};

// Features [784] of ten classes; task permutation_p has all images with their pixels in another
// order.
class PermutedMnist : public modhost::ImageFiles {
 public:
  using OptionsType = PermutedMnistOptions;
  explicit PermutedMnist(std::shared_ptr<const modhost::Options> options);

  modhost::Signature signature() const override;
  std::vector<modhost::Task> tasks() const override;
  modhost::DataFiles files() const override;
  std::shared_ptr<const modhost::Source> all(modhost::Split split) const override;
  std::shared_ptr<const modhost::Source> task(const std::string& name,
                                              modhost::Split split) const override;
  // A row for each of the first permutations.
  void show(const std::filesystem::path& picture) const override;

 protected:
  modhost::ImageParts read() const override { return read_parts(files()); }

 private:
  const PermutedMnistOptions& options() const {
    return static_cast<const PermutedMnistOptions&>(given());
  }
  std::shared_ptr<const modhost::Source> permuted(int64_t number, modhost::Split split) const;

  mutable std::map<std::pair<int64_t, modhost::Split>, std::shared_ptr<const modhost::Source>>
      permuted_;
};

}  // namespace modhost_mnist
