// The ways in which CIFAR-10 is published: binary or for Python, packed or unpacked.
#pragma once

#include <modhost/data_files.h>
#include <modhost/image_files.h>

#include <string>

namespace modhost_cifar10 {

// The first of these that is there as a whole: cifar-10-batches-bin/, the same files in the folder
// itself, cifar-10-binary.tar.gz, cifar-10-batches-py/, its files in the folder itself,
// cifar-10-python.tar.gz. When there is none: cifar-10-binary.tar.gz, to be fetched.
modhost::DataFiles published_files(const std::string& folder);

// Reads what published_files() found. Error(data) for missing and for damaged files.
modhost::ImageParts read_published(const modhost::DataFiles& files);

}  // namespace modhost_cifar10
