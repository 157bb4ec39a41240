// One file of CIFAR-10: some images with their labels.
#pragma once

#include <modhost/labelled_images.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace modhost_cifar10 {

constexpr int64_t kClasses = 10;
constexpr int64_t kSide = 32;
constexpr int64_t kPixels = 3 * kSide * kSide;      // bytes of an image
constexpr uint64_t kMostBytes = uint64_t{1} << 28;  // of one file: 87,000 images

// Appends the images of a file of the binary version: for each a byte with its label, then 3,072 of
// red, green and blue. Error(data) names `where`: another size, no image, a label above 9.
void append_binary(std::string_view bytes, const std::string& where, modhost::LabelledImages& out);

// The same for a file of the Python version: a pickled dict with data, uint8 [n, 3072], and labels,
// a list of n numbers.
void append_pickled(std::string_view bytes, const std::string& where, modhost::LabelledImages& out);

}  // namespace modhost_cifar10
