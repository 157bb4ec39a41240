// The dataset `scan`.
#pragma once

#include <modhost/dataset.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "command_source.h"
#include "division.h"
#include "scan_options.h"

namespace modhost_scan {

class Scan : public Dataset<ScanOptions> {
 public:
  explicit Scan(std::shared_ptr<const Options> options);

  Signature signature() const override;
  std::vector<Task> tasks() const override;
  std::string unit() const override { return "commands"; }
  std::string describe() const override;
  double chance() const override { return 0; }
  std::shared_ptr<const Source> all(Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  // The official ones of the splits that are used, also while these are generated.
  DataFiles files() const override;
  // All four splits as the official files.
  void export_to(const std::filesystem::path& folder) const override;

 private:
  std::filesystem::path folder() const;
  // "simple", "jump": the split that is trained on and those that are tasks.
  std::vector<std::string> used_splits() const;
  // Error(data) that names all official files that are missing.
  void check_files() const;
  // A training or test part, all of it, in a random order.
  std::shared_ptr<const Source> whole_part(Division division, bool train) const;
  std::shared_ptr<const Source> part(Division division, Split split) const;
  // The training part less what is set aside, and at most what the options allow.
  int64_t train_count(Division division) const;

  mutable std::shared_ptr<const CommandSource> generated_;
  mutable std::map<std::pair<Division, bool>, std::shared_ptr<const Source>> parts_;
};

}  // namespace modhost_scan
