#include "modhost/evaluate.h"

#include <algorithm>
#include <numeric>

#include "modhost/error.h"
#include "modhost/loss.h"

namespace modhost {
inline namespace v1 {
namespace {

// Sums over samples, for one variant.
struct Totals {
  double loss = 0;
  double correct = 0;
  std::vector<double> group_correct;
};

void add_batch(Totals& totals, const Tensor& loss, const Tensor& correct, const Source& source,
               int64_t first) {
  const Tensor losses = loss.to(torch::kCPU, torch::kDouble).contiguous();
  const Tensor hits = correct.to(torch::kCPU, torch::kDouble).contiguous();
  for (int64_t i = 0; i < losses.size(0); ++i) {
    totals.loss += losses.data_ptr<double>()[i];
    totals.correct += hits.data_ptr<double>()[i];
    if (totals.group_correct.empty()) continue;
    totals.group_correct[source.group(first + i)] += hits.data_ptr<double>()[i];
  }
}

Evaluation averaged(const Totals& totals, int64_t samples, const std::vector<std::string>& groups,
                    const std::vector<int64_t>& group_sizes) {
  Evaluation out;
  out.samples = samples;
  if (samples == 0) return out;
  out.loss = totals.loss / static_cast<double>(samples);
  out.accuracy = totals.correct / static_cast<double>(samples);
  for (size_t group = 0; group < groups.size(); ++group) {
    if (group_sizes[group] == 0) continue;
    out.group_accuracy[groups[group]] =
        totals.group_correct[group] / static_cast<double>(group_sizes[group]);
  }
  return out;
}

}  // namespace

std::vector<Evaluation> evaluate(ModelBase& model, const Source& source, int64_t size,
                                 const Variations& variations, const EvaluateOptions& options) {
  const torch::NoGradGuard no_grad;
  model.set_training(false);
  const EnsembleScope scope(model, size, variations);
  const int64_t samples =
      options.limit > 0 ? std::min(options.limit, source.size()) : source.size();
  const std::vector<std::string> groups = source.groups();
  std::vector<int64_t> group_sizes(groups.size(), 0);
  std::vector<Totals> totals(static_cast<size_t>(size));
  for (Totals& total : totals) total.group_correct.assign(groups.size(), 0);

  for (int64_t first = 0; first < samples; first += options.batch_size) {
    if (options.stop != nullptr && options.stop->requested()) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    std::vector<int64_t> indices(
        static_cast<size_t>(std::min(options.batch_size, samples - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Batch batch = repeated(source.load(indices).to(options.device), size);
    const Tensor output = model.forward(batch.without_target());
    const Tensor loss = loss_per_sample(model.signature(), output, batch);
    const auto losses = loss.chunk(size);
    const auto hits = has_accuracy(model.signature())
                          ? correct(model.signature(), output, batch).chunk(size)
                          : torch::zeros_like(loss).chunk(size);
    for (int64_t variant = 0; variant < size; ++variant) {
      add_batch(totals[variant], losses[variant], hits[variant], source, first);
    }
    if (groups.empty()) continue;
    for (const int64_t index : indices) ++group_sizes[source.group(index)];
  }

  std::vector<Evaluation> out;
  for (const Totals& total : totals) {
    out.push_back(averaged(total, samples, groups, group_sizes));
  }
  return out;
}

Evaluation evaluate(ModelBase& model, const Source& source, const EvaluateOptions& options) {
  return evaluate(model, source, 1, {}, options).front();
}

}  // namespace v1
}  // namespace modhost
