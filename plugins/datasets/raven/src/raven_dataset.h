// The dataset `raven`: signature, splits and task sets.
#pragma once

#include <modhost/dataset.h>
#include <modhost/image_source.h>

#include <map>
#include <memory>
#include <string>

#include "raven_options.h"
#include "task_set.h"

namespace modhost::raven {

class RavenDataset : public Dataset<RavenOptions> {
 public:
  // Checks all options, also that every task set admits problems; draws nothing.
  explicit RavenDataset(std::shared_ptr<const Options> options);

  Signature signature() const override;
  std::vector<Task> tasks() const override;
  std::string unit() const override { return "problems"; }
  std::string describe() const override;
  double chance() const override { return 1.0 / 8; }
  std::shared_ptr<const Source> all(modhost::Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, modhost::Split split) const override;
  void export_to(const std::filesystem::path& folder) const override;
  void show(const std::filesystem::path& picture) const override;

 private:
  TaskSet base_set() const;                         // all values that the options allow
  TaskSet task_set(const std::string& name) const;  // the base restricted to one task
  std::shared_ptr<const Source> source(std::unique_ptr<ImageReader> reader) const;
  std::shared_ptr<const Source> generated(const TaskSet& set, modhost::Split split,
                                          int64_t count) const;
  std::shared_ptr<const Source> from_folder(const std::string& group, modhost::Split split) const;
  std::shared_ptr<const Source> remembered(
      const std::string& key, const std::function<std::shared_ptr<const Source>()>& make) const;

  int64_t side_;
  std::shared_ptr<ImageMemory> memory_;
  mutable std::map<std::string, std::shared_ptr<const Source>> sources_;
};

}  // namespace modhost::raven
