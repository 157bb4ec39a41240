#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "modhost/error.h"
#include "modhost/unit_activations.h"

namespace modhost {
inline namespace v1 {
namespace {

// One column after the other: [units, samples], double, contiguous, finite.
Tensor columns_of(const Tensor& values) {
  check(values.dim() == 2, ErrorCode::shape,
        "correlations of " + shape_text(values) + "; they need [samples, units]");
  const Tensor columns = values.detach().to(torch::kCPU, torch::kDouble).t().contiguous();
  check(torch::isfinite(columns).all().item<bool>(), ErrorCode::data,
        "what the units do is not finite; their correlations are unknown");
  return columns;
}

// Samples in the order of their values.
std::vector<int64_t> order_of(const double* values, int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return values[a] < values[b] || (values[a] == values[b] && a < b);
  });
  return order;
}

template <typename F>  // work(first, end) for each run of equal values
void for_ties(const double* values, const std::vector<int64_t>& order, const F& work) {
  for (size_t first = 0; first < order.size();) {
    size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    work(first, end);
    first = end;
  }
}

// Equal values share the mean of their ranks.
Tensor average_ranks(const Tensor& columns) {
  Tensor out = torch::empty_like(columns);
  const int64_t count = columns.size(1);
  const auto* from = columns.data_ptr<double>();
  auto* to = out.data_ptr<double>();
  at::parallel_for(0, columns.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; ++unit) {
      const double* values = from + unit * count;
      const auto order = order_of(values, count);
      for_ties(values, order, [&](size_t first, size_t last) {
        const double rank = 0.5 * static_cast<double>(first + last + 1);
        for (size_t i = first; i < last; ++i) to[unit * count + order[i]] = rank;
      });
    }
  });
  return out;
}

// Constant columns: 0 everywhere.
Tensor pearson(const Tensor& columns) {
  if (columns.size(1) == 0) return torch::zeros({columns.size(0), columns.size(0)}, torch::kDouble);
  const Tensor varies = columns.amax(1) > columns.amin(1);
  Tensor x = columns - columns.mean(1, true);
  x = x / x.abs().amax(1, true).clamp_min(1e-300);  // no overflow of squares
  const Tensor length = x.norm(2, 1, true);
  x = torch::where(varies.unsqueeze(1), x / length.clamp_min(1e-300), torch::zeros_like(x));
  Tensor r = torch::mm(x, x.t()).clamp(-1, 1);
  r.diagonal().copy_(varies);
  return r;
}

// Counts what a merge sort of values[0 .. count) exchanges; they are sorted afterwards.
int64_t exchanges(int64_t* values, int64_t* spare, int64_t count) {
  if (count < 2) return 0;
  const int64_t half = count / 2;
  int64_t total =
      exchanges(values, spare, half) + exchanges(values + half, spare + half, count - half);
  int64_t left = 0, right = half;
  for (int64_t to = 0; to < count; ++to) {
    const bool take_left = right == count || (left < half && values[left] <= values[right]);
    if (!take_left) total += half - left;
    spare[to] = take_left ? values[left++] : values[right++];
  }
  std::copy(spare, spare + count, values);
  return total;
}

int64_t pairs(int64_t count) { return count * (count - 1) / 2; }

// A column in the form that Kendall's tau needs.
struct Ranked {
  std::vector<int64_t> order, rank;  // equal values have equal ranks
  std::vector<std::pair<size_t, size_t>> ties;
  int64_t tied_pairs = 0;
};

Ranked ranked(const double* values, int64_t count) {
  Ranked out;
  out.order = order_of(values, count);
  out.rank.resize(out.order.size());
  for_ties(values, out.order, [&](size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) {
      out.rank[static_cast<size_t>(out.order[i])] = static_cast<int64_t>(first);
    }
    out.tied_pairs += pairs(static_cast<int64_t>(end - first));
    if (end - first > 1) out.ties.emplace_back(first, end);
  });
  return out;
}

// tau-b of Kendall 1945, by the method of Knight 1966.
double tau(const Ranked& x, const Ranked& y, std::vector<int64_t>& values,
           std::vector<int64_t>& spare) {
  const size_t count = x.order.size();
  for (size_t i = 0; i < count; ++i) values[i] = y.rank[static_cast<size_t>(x.order[i])];
  int64_t tied_in_both = 0;
  for (const auto& [first, end] : x.ties) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto stop = values.begin() + static_cast<std::ptrdiff_t>(end);
    std::sort(begin, stop);
    for (auto run = begin; run != stop;) {
      const auto next = std::upper_bound(run, stop, *run);
      tied_in_both += pairs(next - run);
      run = next;
    }
  }
  const auto n = static_cast<int64_t>(count);
  const int64_t discordant = exchanges(values.data(), spare.data(), n);
  const int64_t all = pairs(n);
  const auto difference =
      static_cast<double>(all - x.tied_pairs - y.tied_pairs + tied_in_both - 2 * discordant);
  return difference / std::sqrt(static_cast<double>(all - x.tied_pairs)) /
         std::sqrt(static_cast<double>(all - y.tied_pairs));
}

Tensor kendall(const Tensor& columns) {
  const int64_t units = columns.size(0), count = columns.size(1);
  const auto* values = columns.data_ptr<double>();
  std::vector<Ranked> all;
  for (int64_t unit = 0; unit < units; ++unit) all.push_back(ranked(values + unit * count, count));
  const auto varies = [&](int64_t unit) {
    return count > 1 && all[static_cast<size_t>(unit)].tied_pairs < pairs(count);
  };
  Tensor out = torch::zeros({units, units}, torch::kDouble);
  auto* r = out.data_ptr<double>();
  at::parallel_for(0, units, 1, [&](int64_t begin, int64_t end) {
    std::vector<int64_t> sorted(static_cast<size_t>(count)), spare(static_cast<size_t>(count));
    for (int64_t i = begin; i < end; ++i) {
      if (!varies(i)) continue;
      r[i * units + i] = 1;
      for (int64_t j = 0; j < i; ++j) {
        if (!varies(j)) continue;
        const double t =
            tau(all[static_cast<size_t>(i)], all[static_cast<size_t>(j)], sorted, spare);
        r[i * units + j] = r[j * units + i] = std::clamp(t, -1.0, 1.0);
      }
    }
  });
  return out;
}

}  // namespace

Tensor correlations(const Tensor& values, Correlation kind) {
  const torch::NoGradGuard no_grad;
  const Tensor columns = columns_of(values);
  if (kind == Correlation::kendall) return kendall(columns);
  return pearson(kind == Correlation::spearman ? average_ranks(columns) : columns);
}

UnitGraph correlation_graph(const std::vector<UnitGroup>& groups, const std::vector<Tensor>& values,
                            Correlation kind) {
  check(groups.size() == values.size(), ErrorCode::internal,
        std::to_string(values.size()) + " groups of values for " + std::to_string(groups.size()) +
            " groups of units");
  UnitGraph graph{groups, {}};
  std::vector<Tensor> known;
  std::vector<std::pair<int64_t, int64_t>> places;  // group, first column
  int64_t columns = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!values[i].defined()) continue;
    check(values[i].dim() == 2 && values[i].size(1) == groups[i].units, ErrorCode::shape,
          "values " + shape_text(values[i]) + " for the " + std::to_string(groups[i].units) +
              " units of '" + groups[i].name + "'");
    known.push_back(values[i].to(torch::kCPU, torch::kDouble));
    places.emplace_back(static_cast<int64_t>(i), columns);
    columns += groups[i].units;
  }
  if (known.empty()) return graph;
  const Tensor squares = correlations(torch::cat(known, 1), kind).square();
  for (const auto& [to, row] : places) {
    for (const auto& [from, column] : places) {
      if (from > to) continue;
      const int64_t rows = groups[static_cast<size_t>(to)].units;
      const int64_t width = groups[static_cast<size_t>(from)].units;
      Tensor block =
          squares.narrow(0, row, rows).narrow(1, column, width).clone(at::MemoryFormat::Contiguous);
      // Both halves of a block within a group count to each edge.
      if (from == to) block.mul_(0.5).fill_diagonal_(0);
      graph.blocks.push_back({from, to, block});
    }
  }
  return graph;
}

}  // namespace v1
}  // namespace modhost
