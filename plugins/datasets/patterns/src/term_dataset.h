// The datasets `poly` and `functions`: real values to learn, sums of known terms.
#pragma once

#include <modhost/dataset.h>
#include <modhost/random.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "terms.h"

namespace modhost_patterns {

using namespace modhost;

struct PolyOptions : Options {
  Option<int64_t> train{
      *this, "train", 60'000, "training samples", Range{0, 1e7}, Paper{"Filan et al. 2021"}};
  Option<int64_t> validation{*this, "validation", 5000, "validation samples", Range{0, 1e7}};
  Option<int64_t> test{*this,          "test",        10'000,
                       "test samples", Range{0, 1e7}, Paper{"Filan et al. 2021"}};
  Option<int64_t> seed{*this, "seed", 42, "seed of the samples", AtLeast{0}};
};

struct FunctionsOptions : Options {
  Option<std::string> set{*this, "set", "four",
                          "what is computed; fast: sin 5x and cos 5x; four: sin x, log(x + 5.001), "
                          "cos x and e^x",
                          Choices{{"fast", "four"}}};
  Option<std::string> inputs{*this, "inputs", "single",
                             "single: one number for all functions; streamed: one for each",
                             Choices{{"single", "streamed"}}};
  Option<bool> scaled{*this, "scaled", true,
                      "divide each function of 'four' by its standard deviation"};
  Option<int64_t> train{*this, "train", 38'400, "training samples; 300 batches of 128",
                        Range{0, 1e7}};
  Option<int64_t> validation{*this, "validation", 1280, "validation samples", Range{0, 1e7}};
  Option<int64_t> test{*this, "test", 1280, "test samples; 10 batches of 128", Range{0, 1e7}};
  Option<int64_t> seed{*this, "seed", 1234, "seed of the samples", AtLeast{0}};
};

struct SampleCounts {
  int64_t train, validation, test;
  uint64_t seed;
};

// How one input is drawn, and the inputs that a picture shows.
struct InputLaw {
  std::function<double(RandomStream&)> draw;
  double low, high;
  std::string text;
};

// Task `name`: the same inputs, of each output only what term `name` adds to it. It is compared
// with all other terms.
class TermDataset : public DatasetBase {
 public:
  TermDataset(Terms terms, InputLaw law, const SampleCounts& counts);

  Signature signature() const override;
  std::vector<Task> tasks() const override;
  std::string describe() const override;
  double chance() const override { return 0; }
  std::shared_ptr<const Source> all(Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;
  // A panel for each term: a curve, or over two inputs a map, red above and blue below 0.
  void show(const std::filesystem::path& picture) const override;

 private:
  using Inputs = std::shared_ptr<const std::vector<float>>;  // [n, inputs]
  Inputs inputs(Split split) const;
  int64_t count(Split split) const;
  std::shared_ptr<const Source> with(std::vector<bool> active, Split split) const;
  size_t place(const std::string& name) const;

  std::shared_ptr<const Terms> terms_;
  InputLaw law_;
  SampleCounts counts_;
  mutable std::map<Split, Inputs> inputs_;
};

struct Poly : TermDataset {
  using OptionsType = PolyOptions;
  explicit Poly(const std::shared_ptr<const Options>& options);
};

struct Functions : TermDataset {
  using OptionsType = FunctionsOptions;
  explicit Functions(const std::shared_ptr<const Options>& options);
};

}  // namespace modhost_patterns
