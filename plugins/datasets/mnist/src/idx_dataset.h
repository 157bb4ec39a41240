// The four IDX files that MNIST and its relatives are published as.
#pragma once

#include <modhost/data_files.h>
#include <modhost/image_files.h>

#include <array>
#include <string>
#include <vector>

namespace modhost_mnist {

enum class Digits { mnist, fashion_mnist, kmnist };

modhost::ImageFilesFacts facts_of(Digits which);

// dataset: the name of the component that asks. folder: as given by the user; "": where modhost
// keeps the files of `which`. Of each file the unpacked one is taken where only that is there.
modhost::DataFiles files_of(Digits which, const std::string& dataset, const std::string& folder);

// Error(data) for missing files, for other files than these, for images that are not 28 x 28 pixels
// and for labels above 9.
modhost::ImageParts read_parts(const modhost::DataFiles& files);

}  // namespace modhost_mnist
