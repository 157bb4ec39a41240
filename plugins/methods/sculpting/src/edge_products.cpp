#include "edge_products.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace modhost_sculpting {

namespace {

// Of each layer [units, ends]: sums over paths to (from) each end, which are the units of the first
// layer (forward) or of the last.
std::vector<std::vector<double>> flows(const Wired& wired, bool forward) {
  const size_t layers = wired.layers.size(), end = forward ? 0 : layers - 1;
  const size_t ends = wired.units(end);
  std::vector<std::vector<double>> out;
  for (size_t layer = 0; layer < layers; ++layer) out.emplace_back(wired.units(layer) * ends, 0.0);
  for (size_t unit = 0; unit < ends; ++unit) out[end][unit * ends + unit] = 1;
  // Edges lead forward, so each layer is complete before it is read.
  for (size_t step = 0; step < layers; ++step) {
    const size_t layer = forward ? step : layers - 1 - step;
    for (const Edges& edges : wired.edges) {
      if ((forward ? edges.from : edges.to) != layer) continue;
      const size_t width = wired.units(edges.from);
      for (size_t i = 0; i < edges.strength.size(); ++i) {
        if (edges.strength[i] <= 0) continue;
        const size_t from = i % width * ends, to = i / width * ends;
        const double* read = out[forward ? edges.from : edges.to].data() + (forward ? from : to);
        double* sum = out[forward ? edges.to : edges.from].data() + (forward ? to : from);
        for (size_t at = 0; at < ends; ++at) sum[at] += edges.strength[i] * read[at];
      }
    }
  }
  return out;
}

// How many of the largest values have `share` of the sum.
int64_t largest_with(std::vector<double> values, double share) {
  const double all = std::accumulate(values.begin(), values.end(), 0.0);
  if (!(all > 0)) return 0;
  std::sort(values.begin(), values.end(), std::greater<>());
  // Sums of a few hundred numbers in another order differ by less.
  const double wanted = all * share * (1 - 1e-12);
  double sum = 0;
  int64_t count = 0;
  while (sum < wanted && count < static_cast<int64_t>(values.size())) {
    sum += values[static_cast<size_t>(count++)];
  }
  return count;
}

}  // namespace

Products edge_products(const Wired& wired) {
  Products out{wired.units(0), wired.units(wired.layers.size() - 1), {}};
  const std::vector<double> last = flows(wired, true).back();  // [outputs, inputs]
  for (size_t input = 0; input < out.inputs; ++input) {
    for (size_t output = 0; output < out.outputs; ++output) {
      out.values.push_back(last[output * out.inputs + input]);
    }
  }
  return out;
}

std::vector<Carriers> carriers(const Wired& wired, double share) {
  std::vector<Carriers> out;
  const auto before = flows(wired, true), after = flows(wired, false);
  const size_t inputs = wired.units(0), outputs = wired.units(wired.layers.size() - 1);
  for (size_t layer = 1; layer + 1 < wired.layers.size(); ++layer) {
    Carriers own{wired.layers[layer].name, 0, {}};
    std::vector<double> into;  // from all inputs
    for (size_t unit = 0; unit < wired.units(layer); ++unit) {
      const auto row = before[layer].begin() + static_cast<std::ptrdiff_t>(unit * inputs);
      into.push_back(std::accumulate(row, row + static_cast<std::ptrdiff_t>(inputs), 0.0));
      const auto out_of = after[layer].begin() + static_cast<std::ptrdiff_t>(unit * outputs);
      const bool leads = std::any_of(out_of, out_of + static_cast<std::ptrdiff_t>(outputs),
                                     [](double value) { return value > 0; });
      own.live += into.back() > 0 && leads ? 1 : 0;
    }
    for (size_t output = 0; output < outputs; ++output) {
      std::vector<double> passing;
      for (size_t unit = 0; unit < into.size(); ++unit) {
        passing.push_back(into[unit] * after[layer][unit * outputs + output]);
      }
      own.units.push_back(largest_with(std::move(passing), share));
    }
    out.push_back(std::move(own));
  }
  return out;
}

ProductTest test_products(const Products& products, const Reads& reads) {
  ProductTest out;
  for (size_t input = 0; input < products.inputs; ++input) {
    for (size_t output = 0; output < products.outputs; ++output) {
      (reads[input][output] != 0 ? out.read : out.other).push_back(products.at(input, output));
    }
  }
  out.test = welch_greater(out.read, out.other);
  return out;
}

}  // namespace modhost_sculpting
