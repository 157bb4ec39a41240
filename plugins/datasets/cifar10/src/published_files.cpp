#include "published_files.h"

#include <modhost/error.h>
#include <modhost/files.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "batches.h"
#include "tar_members.h"

namespace modhost_cifar10 {
namespace {

namespace fs = std::filesystem;
using modhost::DataFile;
using modhost::DataFiles;
using modhost::LabelledImages;

constexpr int kTrainBatches = 5;
constexpr const char* kPage = "https://www.cs.toronto.edu/~kriz/";
constexpr const char* kTest = "test_batch";

struct Version {
  const char* folder;
  const char* ending;  // of each file
  DataFile archive;
};

const Version& binary() {
  static const Version version{"cifar-10-batches-bin",
                               ".bin",
                               {"cifar-10-binary.tar.gz",
                                170052171,
                                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                                {std::string(kPage) + "cifar-10-binary.tar.gz"}}};
  return version;
}

const Version& python() {
  static const Version version{"cifar-10-batches-py",
                               "",
                               {"cifar-10-python.tar.gz",
                                170498071,
                                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
                                {std::string(kPage) + "cifar-10-python.tar.gz"}}};
  return version;
}

// data_batch_1 .. data_batch_5, then test_batch.
std::vector<std::string> batch_names(const std::string& ending) {
  std::vector<std::string> out;
  for (int number = 1; number <= kTrainBatches; ++number) {
    out.push_back("data_batch_" + std::to_string(number) + ending);
  }
  out.push_back(kTest + ending);
  return out;
}

std::vector<DataFile> unpacked(const std::string& folder, const std::string& ending) {
  std::vector<DataFile> out;
  for (const std::string& name : batch_names(ending)) out.push_back({folder + name});
  return out;
}

bool is_pickled(const std::string& name) { return fs::path(name).extension() != ".bin"; }
bool is_archive(const std::string& name) { return fs::path(name).extension() == ".gz"; }

void append(const std::string& bytes, const std::string& where, bool pickled, LabelledImages& out) {
  if (pickled) {
    append_pickled(bytes, where, out);
  } else {
    append_binary(bytes, where, out);
  }
}

// The files of a .tar.gz lie in it in any order, so they are put together by name.
std::vector<LabelledImages> read_archive(const fs::path& path) {
  const bool pickled = path.filename() == python().archive.name;
  const auto names = batch_names(pickled ? python().ending : binary().ending);
  std::vector<LabelledImages> out(names.size());
  const auto use = [&](const std::string& name, const std::string& bytes) {
    const auto place = std::find(names.begin(), names.end(), name) - names.begin();
    append(bytes, path.string() + "/" + name, pickled, out[static_cast<size_t>(place)]);
  };
  read_tar_members(path, names, kMostBytes, use);
  return out;
}

std::vector<LabelledImages> read_unpacked(const DataFiles& files) {
  std::vector<LabelledImages> out;
  for (const DataFile& file : files.list) {
    const fs::path path = files.path(file.name);
    out.emplace_back();
    append(modhost::read_file(path, kMostBytes), path.string(), is_pickled(file.name), out.back());
  }
  return out;
}

std::shared_ptr<const LabelledImages> together(std::vector<LabelledImages>& batches, size_t begin,
                                               size_t end) {
  auto out = std::make_shared<LabelledImages>();
  out->shape = {3, kSide, kSide};
  size_t images = 0;
  for (size_t i = begin; i < end; ++i) images += batches[i].labels.size();
  out->pixels.reserve(images * kPixels);
  for (size_t i = begin; i < end; ++i) {
    LabelledImages batch = std::exchange(batches[i], {});  // freed once it is copied
    out->pixels.insert(out->pixels.end(), batch.pixels.begin(), batch.pixels.end());
    out->labels.insert(out->labels.end(), batch.labels.begin(), batch.labels.end());
  }
  return out;
}

}  // namespace

DataFiles published_files(const std::string& folder) {
  DataFiles out{"cifar10",
                modhost::data_folder("cifar10", folder),
                {},
                "www.cs.toronto.edu/~kriz/cifar.html"};
  for (const Version* version : {&binary(), &python()}) {
    const std::string inside = version->folder + std::string("/");
    for (auto list : {unpacked(inside, version->ending), unpacked("", version->ending),
                      std::vector<DataFile>{version->archive}}) {
      out.list = std::move(list);
      if (out.missing().empty()) return out;
    }
  }
  out.list = {binary().archive};
  return out;
}

modhost::ImageParts read_published(const DataFiles& files) {
  const std::string& first = files.list.front().name;
  std::vector<LabelledImages> batches =
      is_archive(first) ? read_archive(files.path(first)) : read_unpacked(files);
  return {together(batches, 0, kTrainBatches), together(batches, kTrainBatches, batches.size())};
}

}  // namespace modhost_cifar10
