// The dataset `csv`.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "csv_options.h"
#include "csv_survey.h"
#include "own_dataset.h"

namespace modhost_own_data {

class Csv : public OwnDataset<CsvOptions> {
 public:
  using OwnDataset::OwnDataset;

  Signature signature() const override;
  std::string unit() const override { return "rows"; }
  std::string describe() const override;

 protected:
  Annotations read_notes() const override { return survey().notes; }
  std::shared_ptr<const Source> read_samples() const override;

 private:
  const CsvSurvey& survey() const;
  std::filesystem::path file() const { return options().file(); }

  mutable std::shared_ptr<const CsvSurvey> survey_;
};

}  // namespace modhost_own_data
