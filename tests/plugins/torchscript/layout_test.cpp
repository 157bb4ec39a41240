// Where the samples of a batch lie in a tensor, and how parts are cut out and put together.
#include "layout.h"

#include <catch2/catch.hpp>

using namespace modhost_torchscript;

namespace {

// [outer dimensions before `axis`, outer * rows * inner, after] with the number of the sample in
// every entry, and a running number behind the comma.
Tensor numbered(int64_t rows, const Layout& layout) {
  const Tensor sample = torch::arange(rows, torch::kDouble).view({1, rows, 1});
  Tensor x = sample.expand({layout.outer, rows, layout.inner}).flatten();
  x = layout.axis == 0 ? x.view({-1, 1}).expand({-1, 3}) : x.view({1, -1, 1}).expand({4, -1, 3});
  return x + torch::arange(x.numel()).view(x.sizes()).to(torch::kDouble) / 1e4;
}

Tensor samples_of(const Tensor& x) { return x.floor(); }

const std::vector<Layout> kLayouts = {{0, 1, 1}, {0, 1, 5}, {0, 4, 1}, {0, 2, 3},
                                      {1, 1, 1}, {1, 1, 5}, {1, 4, 1}, {1, 2, 3}};

}  // namespace

TEST_CASE("parts hold their own samples and join to the whole", "[torchscript][layout]") {
  const Layout layout = GENERATE(from_range(kLayouts));
  const int64_t rows = 6;
  const Tensor x = numbered(rows, layout);
  std::vector<Tensor> parts;
  for (int64_t part = 0; part < 3; ++part) {
    parts.push_back(part_of(x, layout, rows, 3, part));
    const Tensor samples = samples_of(parts.back());
    CHECK(samples.min().item<double>() == 2 * part);
    CHECK(samples.max().item<double>() == 2 * part + 1);
    CHECK(samples.numel() == x.numel() / 3);
  }
  CHECK(torch::equal(joined(parts, layout, rows), x));
}

TEST_CASE("samples come first and go back", "[torchscript][layout]") {
  const Layout layout = GENERATE(from_range(kLayouts));
  const int64_t rows = 6;
  const Tensor x = numbered(rows, layout);
  const Tensor first = rows_first(x, layout, rows);
  const Tensor samples = samples_of(first).reshape({rows, -1});
  CHECK(
      torch::equal(samples, torch::arange(rows, torch::kDouble).view({-1, 1}).expand_as(samples)));
  CHECK(torch::equal(rows_back(first, layout, rows, layout.outer * layout.inner), x));
}

TEST_CASE("three runs tell where the samples lie", "[torchscript][layout]") {
  const Layout layout = GENERATE(from_range(kLayouts));
  const Trial trial{6, 2, 10};
  const Tensor base = numbered(trial.rows, layout);
  const Tensor perturbed = torch::where(samples_of(base) == trial.changed, base + 100, base);
  const auto found = find_layout({base, perturbed, numbered(trial.other_rows, layout)}, trial);
  REQUIRE(found.has_value());
  CHECK(found->layout == layout);
  CHECK(found->certain);
}

TEST_CASE("a tensor without samples is shared, and one that mixes them has no layout",
          "[torchscript][layout]") {
  const Trial trial{6, 2, 10};
  const Tensor table = torch::rand({4, 3});
  CHECK(find_layout({table, table, table}, trial)->layout.shared());
  // The same shape, but the values depend on a sample.
  CHECK_FALSE(find_layout({table, table + 1, table}, trial).has_value());
  // Other rows than that of the sample change, as after sorting or in batch statistics.
  const Tensor rows = torch::rand({6, 3}), more = torch::rand({10, 3});
  CHECK_FALSE(find_layout({rows, rows + 1, more}, trial).has_value());
  CHECK_FALSE(find_layout({rows, rows.flip(0), more}, trial).has_value());
  // As many dimensions grow as a matrix of all pairs has.
  CHECK_FALSE(find_layout({rows.mm(rows.t()), rows.mm(rows.t()), more.mm(more.t())}, trial));
}

TEST_CASE("a tensor that no sample changes has a layout that is not certain",
          "[torchscript][layout]") {
  const Trial trial{6, 2, 10};
  const auto found =
      find_layout({torch::zeros({2, 12}), torch::zeros({2, 12}), torch::zeros({2, 20})}, trial);
  REQUIRE(found.has_value());
  CHECK(found->layout.axis == 1);
  CHECK_FALSE(found->certain);
}
