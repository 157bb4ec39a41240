#include "measure.h"

#include <algorithm>

namespace modhost::bench {
namespace {

std::vector<double> cpu_seconds(const Series& series) {
  std::vector<double> out;
  for (const Seconds& one : series.all) out.push_back(one.cpu);
  return out;
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Series::cpu() const { return median(cpu_seconds(*this)); }

double Series::wall() const {
  std::vector<double> out;
  for (const Seconds& one : all) out.push_back(one.wall);
  return median(out);
}

double Series::cpu_min() const {
  const std::vector<double> values = cpu_seconds(*this);
  return *std::min_element(values.begin(), values.end());
}

double Series::cpu_max() const {
  const std::vector<double> values = cpu_seconds(*this);
  return *std::max_element(values.begin(), values.end());
}

double pair_ratio(const Series& a, const Series& b) {
  std::vector<double> out;
  for (size_t i = 0; i < a.all.size(); ++i) out.push_back(a.all[i].cpu / b.all[i].cpu);
  return median(out);
}

}  // namespace modhost::bench
