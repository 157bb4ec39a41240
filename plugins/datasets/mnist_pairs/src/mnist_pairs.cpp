// Two digits in one image, as data whose modules are known: each half of the pixels shows one.
#include "mnist_pairs.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/image_sheet.h>
#include <modhost/random.h>

#include "idx_dataset.h"

namespace modhost_mnist_pairs {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

const std::vector<int64_t> kShape{1, kDigitSide, kPairWidth};
constexpr int64_t kMostExported = 1'000'000;  // pairs: 1.6 GB

}  // namespace

void MnistPairsOptions::validate() const {
  check(source() == "mnist" || folder().empty(), ErrorCode::config,
        "option 'dataset.folder' is '" + folder() + "', but no files are read: digits are drawn",
        "give '--dataset.source mnist'");
}

MnistPairs::MnistPairs(std::shared_ptr<const Options> given)
    : Dataset(std::move(given)),
      targets_(targets_named(options().targets())),
      memory_(std::make_shared<ImageMemory>(options().cache_mb() * (int64_t{1} << 20))) {}

Signature MnistPairs::signature() const {
  return {Input::image, kShape, Output::bits, {bits_of(targets_)}};
}

std::string MnistPairs::describe() const {
  const int64_t classes = kinds_of(targets_) * kinds_of(targets_);
  return count_text(options().train() * classes) + " pairs (" + std::to_string(classes) +
         " classes, 28x56 pixels, digits " +
         (drawn() ? "drawn)" : "of MNIST, from " + files().folder.string() + ")");
}

DataFiles MnistPairs::files() const {
  if (drawn()) return DatasetBase::files();
  // Errors are those of dataset `mnist`, whose files they are: it knows how to fetch them.
  DataFiles out =
      modhost_mnist::files_of(modhost_mnist::Digits::mnist, "mnist", options().folder());
  out.download = options().download();
  return out;
}

const DigitSets& MnistPairs::digits() const {
  if (!digits_) {
    const uint64_t seed = derive_seed(static_cast<uint64_t>(options().seed()), "digits");
    digits_ = drawn() ? drawn_digits(seed) : read_digits(modhost_mnist::read_parts(files()), seed);
  }
  return *digits_;
}

std::unique_ptr<PairReader> MnistPairs::reader(Split split) const {
  const bool trains = split == Split::train, validates = split == Split::validation;
  const auto& set = trains ? digits().train : validates ? digits().validation : digits().test;
  const int64_t each = trains      ? options().train()
                       : validates ? options().validation()
                                   : options().test();
  check_enough(*set, kinds_of(targets_), each, drawn() ? "glyphs" : files().folder.string(),
               to_string(split));
  return std::make_unique<PairReader>(
      set, kinds_of(targets_), each,
      derive_seed(static_cast<uint64_t>(options().seed()), "pairs " + to_string(split)));
}

std::shared_ptr<const Source> MnistPairs::all(Split split) const {
  auto& source = sources_[split];
  if (source == nullptr) source = std::make_shared<PairSource>(reader(split), targets_, memory_);
  return source;
}

std::shared_ptr<const Source> MnistPairs::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return all(split);
}

void MnistPairs::export_to(const std::filesystem::path& folder) const {
  const int64_t each = options().train() + options().validation() + options().test();
  const int64_t pairs = each * kinds_of(targets_) * kinds_of(targets_);
  check(pairs <= kMostExported, ErrorCode::usage,
        "there are " + count_text(pairs) + " pairs to write, allowed are " +
            count_text(kMostExported),
        "give fewer with '--dataset.train'");
  LabelledImages train = read_all(*reader(Split::train), kShape);
  const LabelledImages more = read_all(*reader(Split::validation), kShape);
  train.pixels.insert(train.pixels.end(), more.pixels.begin(), more.pixels.end());
  train.labels.insert(train.labels.end(), more.labels.begin(), more.labels.end());
  make_folder(folder);
  write_idx_files(train, folder / "train");
  write_idx_files(read_all(*reader(Split::test), kShape), folder / "t10k");
}

void MnistPairs::show(const std::filesystem::path& picture) const {
  const auto pairs = reader(Split::train);
  const int64_t kinds = kinds_of(targets_);
  check(pairs->size() > 0, ErrorCode::config,
        "option 'dataset.train' is 0: there is no pair to show");
  write_image_sheet(picture, kShape, kinds, kinds,
                    [&](int64_t row, int64_t column, uint8_t* pixels) {
                      pairs->read(row * kinds + column, pixels);
                      return true;
                    });
}

}  // namespace modhost_mnist_pairs
