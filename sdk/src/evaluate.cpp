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
  std::vector<double> output_loss;  // of each group of outputs
  Tensor confusion;                 // [classes, classes]; undefined when nobody asks
  Tensor answers;                   // [groups or 1, alternatives + 1]; undefined when nobody asks
};

// On the CPU and contiguous, in double.
Tensor plain(const Tensor& values) { return values.to(torch::kCPU, torch::kDouble).contiguous(); }

// losses, hits: of the samples from `first`, for one variant after the other.
void add_batch(std::vector<Totals>& totals, const Tensor& losses, const Tensor& hits,
               const Source& source, int64_t first) {
  const int64_t samples = losses.size(0) / static_cast<int64_t>(totals.size());
  const double *loss = losses.data_ptr<double>(), *hit = hits.data_ptr<double>();
  for (Totals& total : totals) {
    for (int64_t i = 0; i < samples; ++i, ++loss, ++hit) {
      total.loss += *loss;
      total.correct += *hit;
      if (total.group_correct.empty()) continue;
      total.group_correct[static_cast<size_t>(source.group(first + i))] += *hit;
    }
  }
}

// Of `size` variants one after the other, output [E*n, classes], target [E*n]: [E, classes,
// classes]. One count for all: a call for each would cost more than the counting.
Tensor confusions(const Tensor& output, const Tensor& target, int64_t size) {
  const int64_t classes = output.size(1), cells = classes * classes;
  const Tensor cell = (target * classes + output.argmax(1)).cpu().view({size, -1}) +
                      torch::arange(size).unsqueeze(1) * cells;
  return torch::bincount(cell.flatten(), {}, size * cells).view({size, classes, classes});
}

// Which alternatives the output [E*n, ...] of samples `indices` of `source` is right under, else
// none: [E, n, alternatives + 1] int64.
Tensor answers_of(const Signature& signature, const Tensor& output, const Source& source,
                  const std::vector<int64_t>& indices, int64_t size) {
  const auto alternatives = static_cast<int64_t>(source.alternatives().size());
  std::vector<Tensor> right;
  for (int64_t alternative = 0; alternative < alternatives; ++alternative) {
    const Tensor target = source.targets_under(alternative, indices).to(output.device());
    const Tensor repeated = torch::cat(std::vector<Tensor>(static_cast<size_t>(size), target));
    right.push_back(correct(signature, output, {{}, repeated}).cpu() > 0.5);
  }
  const Tensor under = torch::stack(right, -1);                                 // [E*n, A]
  const Tensor all = torch::cat({under, ~under.any(-1, /*keepdim=*/true)}, 1);  // [E*n, A + 1]
  return all.view({size, -1, alternatives + 1}).to(torch::kLong);
}

void add_answers(std::vector<Totals>& totals, const Signature& signature, const Tensor& output,
                 const Source& source, const std::vector<int64_t>& indices) {
  const auto size = static_cast<int64_t>(totals.size());
  const auto groups = static_cast<int64_t>(std::max<size_t>(source.groups().size(), 1));
  const Tensor answers = answers_of(signature, output, source, indices, size);
  std::vector<int64_t> rows;
  for (const int64_t index : indices) rows.push_back(source.group(index));
  for (int64_t i = 0; i < size; ++i) {
    Tensor& sum = totals[static_cast<size_t>(i)].answers;
    if (!sum.defined()) sum = torch::zeros({groups, answers.size(2)}, torch::kLong);
    sum.index_add_(0, torch::tensor(rows), answers[i]);
  }
}

// output, target [E*n, outputs]: of the variants, one after the other; groups [groups, outputs].
void add_output_losses(std::vector<Totals>& totals, const Tensor& output, const Tensor& target,
                       const Tensor& groups) {
  const Tensor half_squares = 0.5 * (output - target).to(torch::kDouble).square();
  const Tensor members = groups.to(output.device(), torch::kDouble);
  const Tensor means = half_squares.flatten(1).matmul(members.t()) / members.sum(1);
  const Tensor sums = plain(
      means.view({static_cast<int64_t>(totals.size()), -1, groups.size(0)}).sum(1));  // [E, groups]
  const auto* sum = sums.data_ptr<double>();
  for (Totals& total : totals) {
    for (double& loss : total.output_loss) loss += *sum++;
  }
}

Evaluation averaged(const Totals& totals, int64_t samples, const std::vector<std::string>& groups,
                    const std::vector<int64_t>& group_sizes,
                    const std::vector<std::string>& output_groups) {
  Evaluation out;
  out.samples = samples;
  if (samples == 0) return out;
  out.loss = totals.loss / static_cast<double>(samples);
  out.accuracy = totals.correct / static_cast<double>(samples);
  out.confusion = totals.confusion;
  out.answers = totals.answers;
  for (size_t group = 0; group < output_groups.size(); ++group) {
    out.output_group_loss[output_groups[group]] =
        totals.output_loss[group] / static_cast<double>(samples);
  }
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
  check(!options.confusion || model.signature().output == Output::classes, ErrorCode::internal,
        "a confusion of '" + model.signature().text() + "', which are no classes");
  const torch::NoGradGuard no_grad;
  model.set_training(false);
  const EnsembleScope scope(model, size, variations);
  const int64_t samples =
      options.limit > 0 ? std::min(options.limit, source.size()) : source.size();
  const std::vector<std::string> groups = source.groups();
  std::vector<int64_t> group_sizes(groups.size(), 0);
  const bool answers = options.answers && !source.alternatives().empty();
  Tensor confusion;  // of all variants
  std::vector<Totals> totals(static_cast<size_t>(size));
  const std::vector<std::string> output_groups = source.output_groups();
  for (Totals& total : totals) {
    total.group_correct.assign(groups.size(), 0);
    total.output_loss.assign(output_groups.size(), 0);
  }

  for (int64_t first = 0; first < samples; first += options.batch_size) {
    if (options.stop != nullptr && options.stop->requested()) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    std::vector<int64_t> indices(
        static_cast<size_t>(std::min(options.batch_size, samples - first)));
    std::iota(indices.begin(), indices.end(), first);
    Batch batch = source.load(indices).to(options.device);
    Tensor output;
    if (options.spread) {
      output = model.forward(batch.without_target());
      batch.input = Tensor();  // only answers are looked at from here on
    }
    batch = repeated(batch, size);
    if (!options.spread) output = model.forward(batch.without_target());
    const bool judged = has_accuracy(model.signature());
    Tensor hits, loss;
    if (judged) hits = correct(model.signature(), output, batch);
    if (options.loss || !judged) loss = loss_per_sample(model.signature(), output, batch);
    if (!loss.defined()) loss = torch::zeros_like(hits);
    if (!judged) hits = torch::zeros_like(loss);
    add_batch(totals, plain(loss), plain(hits), source, first);
    if (options.confusion) {
      const Tensor counts = confusions(output, batch.target, size);
      confusion = confusion.defined() ? confusion + counts : counts;
    }
    if (!output_groups.empty()) {
      add_output_losses(totals, output, batch.target, source.outputs_of_groups());
    }
    if (answers) add_answers(totals, model.signature(), output, source, indices);
    if (groups.empty()) continue;
    for (const int64_t index : indices) ++group_sizes[source.group(index)];
  }

  std::vector<Evaluation> out;
  for (size_t i = 0; i < totals.size(); ++i) {
    if (confusion.defined()) totals[i].confusion = confusion[static_cast<int64_t>(i)];
    const Totals& total = totals[i];
    out.push_back(averaged(total, samples, groups, group_sizes, output_groups));
  }
  return out;
}

Evaluation evaluate(ModelBase& model, const Source& source, const EvaluateOptions& options) {
  return evaluate(model, source, 1, {}, options).front();
}

}  // namespace v1
}  // namespace modhost
