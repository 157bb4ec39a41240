// The dataset `npz`.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "npz_form.h"
#include "npz_options.h"
#include "own_dataset.h"

namespace modhost_own_data {

class Npz : public OwnDataset<NpzOptions> {
 public:
  using OwnDataset::OwnDataset;

  Signature signature() const override;
  std::string describe() const override;
  // Images only.
  void show(const std::filesystem::path& picture) const override;

 protected:
  Annotations read_notes() const override;
  std::shared_ptr<const Source> read_samples() const override;

 private:
  struct Found {
    std::vector<NpzPart> parts;
    NpzForm form;
  };
  const Found& found() const;
  std::filesystem::path file() const { return options().file(); }

  mutable std::unique_ptr<const Found> found_;
};

}  // namespace modhost_own_data
