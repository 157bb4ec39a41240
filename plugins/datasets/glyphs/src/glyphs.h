// The dataset `glyphs`.
#pragma once

#include <modhost/class_tasks.h>
#include <modhost/dataset.h>
#include <modhost/image_changes.h>
#include <modhost/image_source.h>

#include <map>
#include <memory>
#include <string>

#include "glyphs_options.h"
#include "painter.h"

namespace modhost_glyphs {

using namespace modhost;

class Glyphs : public Dataset<GlyphsOptions> {
 public:
  explicit Glyphs(std::shared_ptr<const Options> options);

  Signature signature() const override;
  // "without_ring", ...: all images but those of one glyph, as Csordas et al. 2021 look for the
  // weights of a class of CIFAR-10.
  std::vector<Task> tasks() const override { return tasks_.list(); }
  std::string unit() const override { return "images"; }
  std::string describe() const override;
  double chance() const override;
  std::shared_ptr<const Source> all(Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  // The glyph that was left out, alone.
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;
  // In the format of MNIST or of CIFAR-10, so that `mnist` or `cifar10` can read them.
  void export_to(const std::filesystem::path& folder) const override;
  void show(const std::filesystem::path& picture) const override;

 private:
  Look look() const;
  uint64_t seed(Split split) const;
  int64_t count(Split split) const;
  ImageChanges changes(Split split) const;
  std::unique_ptr<ImageReader> reader(Split split) const;

  ImageChanger changer_;
  ClassTasks tasks_;
  std::shared_ptr<ImageMemory> memory_;
  mutable std::map<Split, std::shared_ptr<const Source>> sources_;
};

}  // namespace modhost_glyphs
