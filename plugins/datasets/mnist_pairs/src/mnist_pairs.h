// The dataset `mnist_pairs`: two digits in one image.
#pragma once

#include <modhost/dataset.h>
#include <modhost/image_source.h>
#include <modhost/option.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pair_source.h"

namespace modhost_mnist_pairs {

struct MnistPairsOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;

  Option<std::string> targets{
      *this,
      "targets",
      "digits",
      "what is to be said; digits: both digits, ten bits each; xor: of digits below 8, three bits, "
      "each true where the bits of the two digits differ",
      modhost::Choices{{"digits", "xor"}},
      modhost::Paper{"Patil et al. 2023"}};
  Option<std::string> source{
      *this, "source", "glyphs",
      "where digits come from; glyphs: drawn at random; mnist: the files of MNIST",
      modhost::Choices{{"glyphs", "mnist"}}};
  Option<std::string> folder{*this, "folder", "",
                             "where the files of MNIST are; empty: the folder of dataset mnist in "
                             "$MODHOST_DATA or ~/.local/share/modhost/data"};
  Option<bool> download{*this, "download", false, "fetch files that are missing before the run"};
  Option<int64_t> train{*this,
                        "train",
                        800,
                        "training pairs of each class",
                        modhost::Range{0, 1e5},
                        modhost::Paper{"Patil et al. 2023"}};
  Option<int64_t> validation{*this, "validation", 200, "validation pairs of each class",
                             modhost::Range{0, 1e5}};
  Option<int64_t> test{*this,
                       "test",
                       200,
                       "test pairs of each class",
                       modhost::Range{0, 1e5},
                       modhost::Paper{"Patil et al. 2023"}};
  Option<int64_t> seed{*this, "seed", 0, "seed of everything that is drawn here",
                       modhost::AtLeast{0}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for images; what does not fit is made again",
                           modhost::Range{0, 1e6}};

  // Error(config) for a folder that is not looked at.
  void validate() const override;
};

class MnistPairs : public modhost::Dataset<MnistPairsOptions> {
 public:
  explicit MnistPairs(std::shared_ptr<const modhost::Options> options);

  modhost::Signature signature() const override;
  std::vector<modhost::Task> tasks() const override { return {}; }
  std::string unit() const override { return "pairs"; }
  std::string describe() const override;
  double chance() const override { return chance_of(targets_); }
  std::optional<modhost::TrueModules> true_modules() const override {
    return modhost_mnist_pairs::true_modules(targets_);
  }
  // Those of `mnist`, if they are wanted.
  modhost::DataFiles files() const override;
  std::shared_ptr<const modhost::Source> all(modhost::Split split) const override;
  std::shared_ptr<const modhost::Source> task(const std::string& name,
                                              modhost::Split split) const override;
  // Images [28, 56] in the format of MNIST, labels 0 .. 99: ten times the left digit plus the right
  // one.
  void export_to(const std::filesystem::path& folder) const override;
  // A pair of each class, a row for each left digit.
  void show(const std::filesystem::path& picture) const override;

  std::unique_ptr<PairReader> reader(modhost::Split split) const;

 private:
  bool drawn() const { return options().source() == "glyphs"; }
  const DigitSets& digits() const;

  Targets targets_;
  std::shared_ptr<modhost::ImageMemory> memory_;
  mutable std::optional<DigitSets> digits_;
  mutable std::map<modhost::Split, std::shared_ptr<const modhost::Source>> sources_;
};

}  // namespace modhost_mnist_pairs
