// Regression on sums of known terms (Filan et al. 2021; the simple functions of Hod et al. 2021).
#include "term_dataset.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/image_sheet.h>
#include <modhost/random.h>

#include <algorithm>
#include <cmath>

#include "term_source.h"

namespace modhost_patterns {
namespace {

constexpr int64_t kPanel = 64;  // pixels along a panel
constexpr double kBound = 5;    // of the inputs of `functions`
constexpr double kShown = 2;    // standard deviations of the inputs of `poly`

InputLaw normal_law() {
  return {[](RandomStream& random) { return random.normal(); }, -kShown, kShown, "N(0, 1)"};
}

InputLaw uniform_law() {
  return {[](RandomStream& random) { return kBound * (2 * random.uniform() - 1); }, -kBound, kBound,
          "U(-5, 5)"};
}

template <typename O>
SampleCounts counts_of(const Options& options) {
  const auto& given = static_cast<const O&>(options);
  return {given.train(), given.validation(), given.test(), static_cast<uint64_t>(given.seed())};
}

Terms terms_of(const FunctionsOptions& given) {
  return formulas(given.set() == "fast" ? Formulas::fast : Formulas::four,
                  given.inputs() == "streamed", given.scaled());
}

void set_colour(uint8_t* pixels, int64_t y, int64_t x, double red, double green, double blue) {
  int64_t channel = 0;
  for (const double part : {red, green, blue}) {
    pixels[(channel++ * kPanel + y) * kPanel + x] = static_cast<uint8_t>(std::lround(255 * part));
  }
}

// values: [panel, panel] over y (upwards) and x.
void paint_map(const std::vector<double>& values, uint8_t* pixels) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  for (int64_t y = 0; y < kPanel; ++y) {
    for (int64_t x = 0; x < kPanel; ++x) {
      const double share = values[static_cast<size_t>((kPanel - 1 - y) * kPanel + x)] / most;
      set_colour(pixels, y, x, std::min(1.0, 1 + share), 1 - std::abs(share),
                 std::min(1.0, 1 - share));
    }
  }
}

// values: [panel] over x; the range fills the panel.
void paint_curve(const std::vector<double>& values, uint8_t* pixels) {
  std::fill_n(pixels, 3 * kPanel * kPanel, uint8_t{255});
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double step = (*high - *low) / static_cast<double>(kPanel - 1);
  int64_t before = -1;
  for (int64_t x = 0; x < kPanel; ++x) {
    const double place = (*high - values[static_cast<size_t>(x)]) / step;
    const auto y = static_cast<int64_t>(std::lround(place));
    if (before < 0) before = y;
    for (int64_t row = std::min(y, before); row <= std::max(y, before); ++row) {
      set_colour(pixels, row, x, 0.1, 0.2, 0.6);
    }
    before = y;
  }
}

}  // namespace

TermDataset::TermDataset(Terms terms, InputLaw law, const SampleCounts& counts)
    : terms_(std::make_shared<Terms>(std::move(terms))), law_(std::move(law)), counts_(counts) {}

Signature TermDataset::signature() const {
  return {Input::features, {terms_->inputs}, Output::values, {terms_->outputs()}};
}

std::vector<Task> TermDataset::tasks() const {
  std::vector<Task> out;
  for (const Term& term : terms_->list) out.push_back({term.name, term.help});
  return out;
}

std::string TermDataset::describe() const {
  return count_text(counts_.train) + " samples (" + count_text(terms_->outputs()) + " sums of " +
         std::to_string(terms_->list.size()) + " terms, inputs from " + law_.text + ", generated)";
}

int64_t TermDataset::count(Split split) const {
  if (split == Split::train) return counts_.train;
  return split == Split::validation ? counts_.validation : counts_.test;
}

TermDataset::Inputs TermDataset::inputs(Split split) const {
  auto& drawn = inputs_[split];
  if (drawn == nullptr) {
    RandomStream random(derive_seed(counts_.seed, to_string(split)));
    std::vector<float> all(static_cast<size_t>(count(split) * terms_->inputs));
    for (float& value : all) value = static_cast<float>(law_.draw(random));
    drawn = std::make_shared<const std::vector<float>>(std::move(all));
  }
  return drawn;
}

std::shared_ptr<const Source> TermDataset::with(std::vector<bool> active, Split split) const {
  return std::make_shared<TermSource>(terms_, inputs(split), std::move(active));
}

size_t TermDataset::place(const std::string& name) const {
  check_task(*this, name);
  const auto found = std::find_if(terms_->list.begin(), terms_->list.end(),
                                  [&](const Term& term) { return term.name == name; });
  return static_cast<size_t>(found - terms_->list.begin());
}

std::shared_ptr<const Source> TermDataset::all(Split split) const {
  return with(std::vector<bool>(terms_->list.size(), true), split);
}

std::shared_ptr<const Source> TermDataset::task(const std::string& name, Split split) const {
  std::vector<bool> active(terms_->list.size(), false);
  active[place(name)] = true;
  return with(std::move(active), split);
}

std::shared_ptr<const Source> TermDataset::other(const std::string& name, Split split) const {
  std::vector<bool> active(terms_->list.size(), true);
  active[place(name)] = false;
  return with(std::move(active), split);
}

void TermDataset::show(const std::filesystem::path& picture) const {
  const bool map = terms_->inputs == 2 && terms_->outputs() > 2;
  const auto at = [&](int64_t i) {
    return law_.low + (law_.high - law_.low) * (static_cast<double>(i) + 0.5) / kPanel;
  };
  const auto paint = [&](int64_t, int64_t column, uint8_t* pixels) {
    const Term& term = terms_->list[static_cast<size_t>(column)];
    std::vector<double> values, x(static_cast<size_t>(terms_->inputs));
    for (int64_t i = 0; i < (map ? kPanel * kPanel : kPanel); ++i) {
      std::fill(x.begin(), x.end(), at(i % kPanel));
      if (map) x[1] = at(i / kPanel);
      values.push_back(term.value(x.data()));
    }
    (map ? paint_map : paint_curve)(values, pixels);
    return true;
  };
  write_image_sheet(picture, {3, kPanel, kPanel}, 1, static_cast<int64_t>(terms_->list.size()),
                    paint);
}

Poly::Poly(const std::shared_ptr<const Options>& options)
    : TermDataset(polynomials(), normal_law(), counts_of<PolyOptions>(*options)) {}

Functions::Functions(const std::shared_ptr<const Options>& options)
    : TermDataset(terms_of(static_cast<const FunctionsOptions&>(*options)), uniform_law(),
                  counts_of<FunctionsOptions>(*options)) {}

}  // namespace modhost_patterns
