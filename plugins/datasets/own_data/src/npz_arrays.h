// Which arrays of an .npz file hold what.
#pragma once

#include <modhost/npz.h>

#include <filesystem>
#include <string>
#include <vector>

#include "annotations.h"
#include "npz_options.h"

namespace modhost_own_data {

// The arrays of one split, or of all samples. An empty name: there is none.
struct NpzPart {
  bool is_whole = false;  // the file has one array of inputs, whatever the split
  Part part = Part::train;
  std::string x, y, task, split;
  int64_t rows = 0;
};

// Each with inputs and targets of as many rows; the inputs all alike in type and shape. Error(data)
// for what is missing or does not fit.
std::vector<NpzPart> find_parts(const modhost::NpzArrays& headers, const NpzOptions& options,
                                const std::filesystem::path& file);

// Text of each element: of strings themselves, of whole numbers in decimal. Error(data) for other
// types. `where` names the array.
std::vector<std::string> texts_of(const modhost::NpyArray& array, const std::string& where);
bool is_whole_number_type(const std::string& descr);
bool is_text_type(const std::string& descr);

// "(100, 3, 8, 8)"
std::string size_text(const std::vector<int64_t>& shape);

}  // namespace modhost_own_data
