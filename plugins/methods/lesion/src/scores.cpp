#include "scores.h"

#include <modhost/loss.h>

#include <algorithm>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kVariantBytes = int64_t{256} << 20;  // of all weights in one ensemble

}  // namespace

Scorer::Scorer(ModelBase& model, const UnitNetwork& network, const Source& source,
               EvaluateOptions how, int64_t at_once)
    : model_(model), network_(network), source_(source), how_(how), at_once_(at_once) {
  by_loss_ = !has_accuracy(model.signature());
  how_.confusion = model.signature().output == Output::classes;
  const Evaluation whole = evaluate(model_, source_, how_);
  if (how_.confusion) {
    for (int64_t row = 0; row < whole.confusion.size(0); ++row) {
      if (whole.confusion[row].sum().item<int64_t>() == 0) continue;
      classes_.push_back(row);
      part_names_.push_back(std::to_string(row));
    }
  } else if (!by_loss_) {
    for (const auto& [name, accuracy] : whole.group_accuracy) part_names_.push_back(name);
  }
  if (part_names_.size() < 2) part_names_.clear();
  whole_ = score_of(whole);
}

Score Scorer::score_of(const Evaluation& evaluation) const {
  Score out{by_loss_ ? evaluation.loss : evaluation.accuracy, {}};
  for (size_t part = 0; part < part_names_.size(); ++part) {
    if (!how_.confusion) {
      out.parts.push_back(evaluation.group_accuracy.at(part_names_[part]));
      continue;
    }
    const Tensor row = evaluation.confusion[classes_[part]];
    out.parts.push_back(static_cast<double>(row[classes_[part]].item<int64_t>()) /
                        static_cast<double>(row.sum().item<int64_t>()));
  }
  return out;
}

std::vector<Score> Scorer::operator()(const std::vector<UnitSets>& lesions,
                                      const std::function<void(int64_t)>& done) const {
  const int64_t bytes = std::max<int64_t>(1, silenced_bytes(model_, network_, lesions));
  const auto most = static_cast<size_t>(std::clamp<int64_t>(kVariantBytes / bytes, 1, at_once_));
  std::vector<Score> out;
  for (size_t first = 0; first < lesions.size(); first += most) {
    const std::vector<UnitSets> some(
        lesions.begin() + static_cast<std::ptrdiff_t>(first),
        lesions.begin() + static_cast<std::ptrdiff_t>(std::min(lesions.size(), first + most)));
    const auto size = static_cast<int64_t>(some.size());
    for (const Evaluation& own :
         evaluate(model_, source_, size, silenced(model_, network_, some), how_)) {
      out.push_back(score_of(own));
    }
    done(size);
  }
  return out;
}

}  // namespace modhost_lesion
