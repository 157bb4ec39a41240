#include "scores.h"

#include <modhost/error.h>
#include <modhost/loss.h>

#include <algorithm>
#include <numeric>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kVariantBytes = int64_t{256} << 20;  // of all weights in one ensemble
constexpr int64_t kWholeVariants = 16;                 // of the whole network in one pass
constexpr int64_t kLayerBytes = int64_t{8} << 20;      // that a layer puts out for all variants
constexpr int64_t kTriedSamples = 4;                   // to see whether a prefix can be shared
constexpr double kSameValue = 1e-4;  // of outputs in single precision, relative and absolute

}  // namespace

Scorer::Scorer(ModelBase& model, const UnitNetwork& network, const Source& source,
               EvaluateOptions how, int64_t at_once)
    : model_(model), network_(network), source_(source), how_(how), at_once_(at_once) {
  by_loss_ = !has_accuracy(model.signature());
  how_.confusion = model.signature().output == Output::classes;
  how_.loss = by_loss_;
  const Evaluation whole = evaluate(model_, source_, how_);
  if (how_.confusion) {
    for (int64_t row = 0; row < whole.confusion.size(0); ++row) {
      if (whole.confusion[row].sum().item<int64_t>() == 0) continue;
      classes_.push_back(row);
      part_names_.push_back(std::to_string(row));
    }
  } else if (by_loss_) {
    for (const auto& [name, loss] : whole.output_group_loss) part_names_.push_back(name);
  } else {
    for (const auto& [name, accuracy] : whole.group_accuracy) part_names_.push_back(name);
  }
  if (part_names_.size() < 2) part_names_.clear();
  whole_ = score_of(whole);
}

Score Scorer::score_of(const Evaluation& evaluation) const {
  Score out{by_loss_ ? evaluation.loss : evaluation.accuracy, {}};
  for (size_t part = 0; part < part_names_.size(); ++part) {
    if (!how_.confusion) {
      const auto& scores = by_loss_ ? evaluation.output_group_loss : evaluation.group_accuracy;
      out.parts.push_back(scores.at(part_names_[part]));
      continue;
    }
    const int64_t classes = evaluation.confusion.size(1), own = classes_[part];
    const int64_t* row = evaluation.confusion.data_ptr<int64_t>() + own * classes;
    out.parts.push_back(static_cast<double>(row[own]) /
                        static_cast<double>(std::accumulate(row, row + classes, int64_t{0})));
  }
  return out;
}

std::vector<Evaluation> Scorer::evaluations(const std::vector<UnitSets>& lesions,
                                            Sharing sharing) const {
  const auto size = static_cast<int64_t>(lesions.size());
  if (sharing == Sharing::none) {
    return evaluate(model_, source_, size, silenced(model_, network_, lesions), how_);
  }
  SharedPrefix prefix(model_, network_, lesions, sharing);
  EvaluateOptions how = how_;
  how.spread = true;
  how.batch_size = batch_size(size);
  return evaluate(model_, ToldSource(source_, prefix), size, prefix.variations(), how);
}

// Many lesions of few samples at a time: what is shared is computed for each batch of lesions anew,
// and what layers put out should stay in the caches.
int64_t Scorer::batch_size(int64_t lesions) const {
  const int64_t rows = std::max<int64_t>(1, kLayerBytes / row_bytes_);
  return std::clamp<int64_t>(rows / lesions, 1, how_.batch_size);
}

Tensor Scorer::output(const std::vector<UnitSets>& lesions, Sharing sharing, const Batch& batch,
                      int64_t* row_bytes) const {
  const auto size = static_cast<int64_t>(lesions.size());
  if (sharing == Sharing::none) {
    const EnsembleScope scope(model_, size, silenced(model_, network_, lesions));
    return model_.forward(repeated(batch, size));
  }
  SharedPrefix prefix(model_, network_, lesions, sharing);
  prefix.begin(batch.size());
  const EnsembleScope scope(model_, size, prefix.variations());
  const Tensor out = model_.forward(batch);
  if (row_bytes != nullptr) *row_bytes = std::max<int64_t>(1, prefix.row_bytes());
  return out;
}

Sharing Scorer::possible_sharing(const std::vector<UnitSets>& lesions) const {
  const std::vector<UnitSets> some{lesions.front(), lesions[lesions.size() / 2], lesions.back()};
  const torch::NoGradGuard no_grad;
  model_.set_training(false);
  std::vector<int64_t> indices(
      static_cast<size_t>(std::min<int64_t>(kTriedSamples, source_.size())));
  std::iota(indices.begin(), indices.end(), 0);
  const Batch batch = source_.load(indices).to(how_.device).without_target();
  const Tensor expected = output(some, Sharing::none, batch);
  for (const Sharing sharing : {Sharing::reader, Sharing::prefix}) {
    try {
      const Tensor found = output(some, sharing, batch, &row_bytes_);
      if (found.sizes() == expected.sizes() &&
          torch::allclose(found, expected, kSameValue, kSameValue, /*equal_nan=*/true)) {
        return sharing;
      }
    } catch (const std::exception&) {  // the rows do not fit together
    }
  }
  return Sharing::none;
}

int64_t Scorer::bytes_of(const std::vector<UnitSets>& lesions, Sharing sharing) const {
  switch (sharing) {
    case Sharing::none:
      return silenced_bytes(model_, network_, lesions);
    case Sharing::prefix:
      return 0;
    case Sharing::reader:
      return ReaderDifference::bytes(model_, network_, lesions);
  }
  return 0;
}

std::vector<Score> Scorer::operator()(const std::vector<UnitSets>& lesions,
                                      const std::function<void(int64_t)>& done) const {
  if (lesions.empty()) return {};
  const Sharing sharing = possible_sharing(lesions);
  const int64_t bytes = std::max<int64_t>(1, bytes_of(lesions, sharing));
  // Variants of the whole network are made anew for each batch of samples, which is not cut.
  const int64_t bound =
      sharing == Sharing::none ? std::min<int64_t>(kWholeVariants, at_once_) : at_once_;
  const auto most = static_cast<size_t>(std::clamp<int64_t>(kVariantBytes / bytes, 1, bound));
  std::vector<Score> out;
  for (size_t first = 0; first < lesions.size(); first += most) {
    const std::vector<UnitSets> some(
        lesions.begin() + static_cast<std::ptrdiff_t>(first),
        lesions.begin() + static_cast<std::ptrdiff_t>(std::min(lesions.size(), first + most)));
    for (const Evaluation& own : evaluations(some, sharing)) out.push_back(score_of(own));
    done(static_cast<int64_t>(some.size()));
  }
  return out;
}

}  // namespace modhost_lesion
