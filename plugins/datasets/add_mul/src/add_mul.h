// The dataset `add_mul`.
#pragma once

#include <modhost/dataset.h>

#include <map>
#include <memory>
#include <string>

#include "add_mul_options.h"
#include "exercise_source.h"

namespace modhost_add_mul {

class AddMul : public Dataset<AddMulOptions> {
 public:
  using Dataset::Dataset;

  Signature signature() const override;
  std::vector<Task> tasks() const override;
  std::string unit() const override { return "exercises"; }
  std::string describe() const override;
  double chance() const override;
  std::shared_ptr<const Source> all(Split split) const override { return drawn(split); }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  // The other operation.
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;

 private:
  std::shared_ptr<const ExerciseSource> drawn(Split split) const;
  std::shared_ptr<const Source> with(Operation operation, Split split) const;

  mutable std::map<Split, std::shared_ptr<const ExerciseSource>> drawn_;
};

}  // namespace modhost_add_mul
