// The dataset `boolean`: functions of bits whose parts are known.
#pragma once

#include <modhost/dataset.h>
#include <modhost/option.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graphs.h"
#include "row_source.h"

namespace modhost_boolean {

struct BooleanOptions : modhost::Options {
  modhost::Option<std::vector<int64_t>> graph{
      *this,
      "graph",
      {4, 2, 4},
      "a published function graph: 4,2,4; 4,1,4; 6,3,3,3; or with N of 2, 4, 8, 12, 16 outputs "
      "4,1,2,N; 8,2,N; 7,3,2,N; 6,3,2,N; 5,3,2,N; 4,1,2,2,N; 8,2,1,2,N",
      modhost::AtLeast{1},
      modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<std::string> functions{
      *this, "functions", "",
      "functions of your own instead, such as 'a = x0 & x1; y0 = a ^ x2; y1 = !a', or the name of "
      "a file with them"};
  modhost::Option<double> noise{*this,
                                "noise",
                                0.1,
                                "deviation of the normal noise on training inputs",
                                modhost::AtLeast{0},
                                modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<int64_t> seed{*this, "seed", 0, "seed of the noise", modhost::AtLeast{0}};

  void validate() const override;
};

class Boolean : public modhost::Dataset<BooleanOptions> {
 public:
  explicit Boolean(std::shared_ptr<const modhost::Options> options);

  modhost::Signature signature() const override;
  std::vector<modhost::Task> tasks() const override { return {}; }
  std::string unit() const override { return "rows"; }
  std::string describe() const override;
  double chance() const override;
  std::optional<modhost::TrueModules> true_modules() const override;
  // All rows of the truth table, x0 the most significant bit of a row's number; in training with
  // noise.
  std::shared_ptr<const modhost::Source> all(modhost::Split split) const override;
  std::shared_ptr<const modhost::Source> task(const std::string& name,
                                              modhost::Split split) const override;
  // truth_table.csv and functions.txt
  void export_to(const std::filesystem::path& folder) const override;

 private:
  std::string text_;
  Functions functions_;
  Rows rows_;
};

}  // namespace modhost_boolean
