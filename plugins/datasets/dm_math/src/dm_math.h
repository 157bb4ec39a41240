// The dataset `dm_math`.
#pragma once

#include <modhost/dataset.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dm_math_options.h"
#include "generator.h"
#include "module.h"
#include "pair_source.h"

namespace modhost_dm_math {

class DmMath : public Dataset<DmMathOptions> {
 public:
  // Error(config) for a module that cannot be generated, with the nearest.
  explicit DmMath(std::shared_ptr<const Options> options);

  Signature signature() const override;
  std::vector<Task> tasks() const override;  // the three difficulties
  std::string unit() const override { return "questions"; }
  std::string describe() const override;
  double chance() const override { return 0; }
  DataFiles files() const override;
  // Trained on all difficulties, tested on the parts of the option test_on, in a random order.
  std::shared_ptr<const Source> all(Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  // Hard questions, and easy ones for the task `hard`.
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;
  // All generated modules as the published files. Error(usage) when it reads files.
  void export_to(const std::filesystem::path& folder) const override;

 private:
  bool published() const;
  std::filesystem::path place() const;
  Counts counts() const;
  const Index& index() const;
  // Read or generated once.
  const Module& module() const;
  std::string characters() const;
  const Division& division(Part part) const;
  // What a part gives to a split, in the order of the file.
  std::vector<uint32_t> chosen(Part part, Split split) const;
  std::shared_ptr<const Source> source(const std::vector<Part>& parts, Split split) const;

  mutable std::optional<Index> index_;
  mutable std::shared_ptr<const Module> module_;
  mutable PerPart<std::optional<Division>> divisions_;
};

}  // namespace modhost_dm_math
