#include "products_report.h"

#include <modhost/count_text.h>
#include <modhost/statistics.h>

#include <algorithm>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kShare = 0.9;
constexpr size_t kMostRows = 100000;  // of a table
constexpr double kMostSteps = 2e10;   // multiplications, about 20 seconds

double steps(const Wired& wired) {
  double edges = 0;
  for (const Edges& one : wired.edges) {
    edges += static_cast<double>(std::count_if(one.strength.begin(), one.strength.end(),
                                               [](double strength) { return strength > 0; }));
  }
  const size_t ends = 2 * wired.units(0) + wired.units(wired.layers.size() - 1);
  return edges * static_cast<double>(ends);
}

Table product_table(const Products& products, const std::optional<Reads>& reads) {
  Table table{{"input", "output", "product", "read"}, {}};
  for (size_t input = 0; input < products.inputs; ++input) {
    for (size_t output = 0; output < products.outputs; ++output) {
      table.add({static_cast<int64_t>(input), static_cast<int64_t>(output),
                 products.at(input, output),
                 reads ? Cell(int64_t{(*reads)[input][output]}) : Cell()});
    }
  }
  return table;
}

void report_carriers(RunWriter& writer, const std::vector<Carriers>& layers) {
  Table table{{"layer", "output", "units", "live"}, {}};
  std::vector<double> units, live;
  for (const Carriers& layer : layers) {
    for (size_t output = 0; output < layer.units.size(); ++output) {
      table.add({layer.layer, static_cast<int64_t>(output), layer.units[output], layer.live});
      if (layer.units[output] == 0) continue;
      units.push_back(static_cast<double>(layer.units[output]));
      live.push_back(static_cast<double>(layer.live));
    }
  }
  if (units.empty()) return;
  if (table.rows.size() <= kMostRows) writer.table("carriers", table);
  writer.scalar("carriers", mean(units));
  writer.say(number_text("%.3g", mean(units)) + " of the " + number_text("%.3g", mean(live)) +
             " live units of a hidden layer carry 90 % of what leads to an output (means; "
             "tables/carriers.csv).");
}

void report_test(RunWriter& writer, const ProductTest& found) {
  if (found.read.empty() || found.other.empty()) return;
  writer.scalar("products/read", mean(found.read));
  writer.scalar("products/other", mean(found.other));
  std::string words = "The products of |w| along paths to an output add up to " +
                      number_text("%.3g", mean(found.read)) +
                      " from inputs that its function reads, and to " +
                      number_text("%.3g", mean(found.other)) + " from others";
  if (found.test) {
    writer.scalar("products/t", found.test->t);
    writer.scalar("products/p", found.test->p);
    words += " (Welch's t " + number_text("%.2f", found.test->t) + ", p " +
             number_text("%.2g", found.test->p) + ")";
  }
  writer.say(words + ".");
}

}  // namespace

void report_products(RunWriter& writer, const Wired& wired, const std::optional<Reads>& reads) {
  if (steps(wired) > kMostSteps) {
    writer.say("Products of |w| along paths are left out: the network has too many edges.");
    return;
  }
  const Products products = edge_products(wired);
  const bool fits = reads && reads->size() == products.inputs && !reads->empty() &&
                    reads->front().size() == products.outputs;
  if (products.values.size() <= kMostRows) {
    writer.table("edge_products", product_table(products, fits ? reads : std::nullopt));
  }
  if (fits) report_test(writer, test_products(products, *reads));
  report_carriers(writer, carriers(wired, kShare));
}

}  // namespace modhost_sculpting
