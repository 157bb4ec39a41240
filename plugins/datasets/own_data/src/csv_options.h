// Options of the dataset `csv`.
#pragma once

#include <modhost/option.h>

#include "scaling.h"
#include "shared_options.h"

namespace modhost_own_data {

struct CsvOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Choices = modhost::Choices;

  Option<std::string> file{*this, "file", "", "a text file of rows and columns, in UTF-8"};
  Option<std::string> separator{*this, "separator", "auto",
                                "between columns; auto: the most frequent one in the first line",
                                Choices{{"auto", "comma", "semicolon", "tab", "pipe"}}};
  Option<bool> header{*this, "header", true,
                      "the first row has the names of the columns; without one they are 1, 2, ..."};
  Option<std::string> decimal{*this, "decimal", "point", "what stands before decimal places",
                              Choices{{"point", "comma"}}};
  Option<Names> label{*this,
                      "label",
                      {},
                      "column to predict, by name or by number from 1, several for values; none: "
                      "the column 'label', else the last one"};
  Option<std::string> target{*this, "target", "classes",
                             "classes: each different text is a class; values: real numbers",
                             Choices{{"classes", "values"}}};
  Option<std::string> task{*this, "task", "", "column that names the task of each row"};
  Option<std::string> split{*this, "split", "",
                            "column that tells the split of each row: train, validation, test, or "
                            "0, 1, 2"};
  Option<Names> ignore{*this, "ignore", {}, "columns to leave out"};
  Option<Names> categorical{*this,
                            "categorical",
                            {},
                            "columns of numbers that are names: an input of their own for each "
                            "different one, as for texts"};
  Option<int64_t> categories{*this, "categories", 32,
                             "a column of texts has at most so many different ones",
                             modhost::Range{1, 10000}};
  Option<std::string> missing{
      *this, "missing", "error",
      "what to do about cells that are empty, NA, N/A, NaN, null or ?: mean "
      "(of the training rows) and zero stand in, drop leaves out the row",
      Choices{{"error", "mean", "zero", "drop"}}};
  Option<std::string> normalize{*this, "normalize", "standard",
                                "of columns of numbers; standard: mean 0 and deviation 1 over the "
                                "training rows; unit: to 0 .. 1",
                                Choices{kNormalizeNames}};
  SplitOptions splits{*this};
  TaskOptions choice{*this};
};

}  // namespace modhost_own_data
