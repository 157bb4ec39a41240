// How the arrays of an .npz file are understood.
#pragma once

#include <modhost/npz.h>
#include <modhost/signature.h>

#include <cstdint>
#include <string>
#include <vector>

#include "npz_arrays.h"
#include "scaling.h"

namespace modhost_own_data {

struct NpzForm {
  modhost::Input input = modhost::Input::features;
  std::vector<int64_t> shape = {};  // of one sample, as in the signature
  bool channels_last = false;       // in the file
  bool classes = true;
  int64_t values = 1;  // of a target that is no class
  Normalize normalize = Normalize::standard;
};

// From types and shapes alone. Error(data) tells the shape that is there and those that would do.
NpzForm npz_form(const modhost::NpzArrays& headers, const NpzPart& part, const NpzOptions& options);

}  // namespace modhost_own_data
