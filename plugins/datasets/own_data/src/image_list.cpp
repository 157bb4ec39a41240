#include "image_list.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "name_list.h"

namespace modhost_own_data {
namespace {

namespace fs = std::filesystem;
using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

constexpr size_t kMostFiles = 20'000'000;

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.rfind('.', 0) == 0 || name.rfind("__", 0) == 0;
}

std::string extension(const fs::path& path) {
  std::string out = path.extension().string();
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return out;
}

bool is_image(const fs::path& path) {
  const std::string end = extension(path);
  return end == ".png" || end == ".jpg" || end == ".jpeg";
}

struct Files {
  std::vector<std::string> images;   // sorted
  std::optional<std::string> other;  // a file that is no image
};

Files files_in(const fs::path& folder) {
  Files out;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator();
       ++at) {
    if (is_hidden(at->path())) {
      if (at->is_directory()) at.disable_recursion_pending();
    } else if (at->is_regular_file() && is_image(at->path())) {
      out.images.push_back(at->path().string());
      check(out.images.size() <= kMostFiles, ErrorCode::data,
            "'" + folder.string() + "' has more than 20,000,000 images");
    } else if (at->is_regular_file() && !out.other) {
      out.other = at->path().string();
    }
  }
  std::sort(out.images.begin(), out.images.end());
  return out;
}

// The folder `train` with folders in it makes all folders of the root splits.
bool has_splits(const std::vector<fs::path>& folders) {
  return std::any_of(folders.begin(), folders.end(), [](const fs::path& folder) {
    const std::string name = folder.filename().string();
    return (name == "train" || name == "training") && !folders_in(folder).empty();
  });
}

class Lister {
 public:
  // Class folders of one split; nothing: no split.
  void add(const fs::path& root, std::optional<Part> part) {
    for (const fs::path& folder : folders_in(root)) {
      const int32_t label = classes_.code(folder.filename().string());
      const Files found = files_in(folder);
      if (static_cast<size_t>(label) == counts_.size()) counts_.emplace_back();
      counts_[static_cast<size_t>(label)] += found.images.size();
      if (found.images.empty()) empty_ = folder.string();
      if (found.other) other_ = found.other;
      out_.files.insert(out_.files.end(), found.images.begin(), found.images.end());
      out_.notes.label.resize(out_.files.size(), label);
      if (part) out_.notes.part.resize(out_.files.size(), *part);
    }
  }

  ImageList done(const fs::path& root) {
    const std::string seen =
        other_ ? ", but there is '" + modhost::shown(*other_) + "'" : std::string();
    check(!classes_.names().empty(), ErrorCode::data,
          "'" + root.string() + "' has no folders, needed one for each class",
          "put the images of each class into a folder with its name");
    check(std::find(counts_.begin(), counts_.end(), size_t{0}) == counts_.end(), ErrorCode::data,
          "no .png, .jpg or .jpeg lies in '" + modhost::shown(empty_) + "'" + seen);
    out_.notes.size = static_cast<int64_t>(out_.files.size());
    out_.notes.classes = classes_.sort(out_.notes.label);
    return std::move(out_);
  }

 private:
  ImageList out_;
  NameList classes_;
  std::vector<size_t> counts_;  // images of each class
  std::string empty_;           // a class folder without images
  std::optional<std::string> other_;
};

ImageList listed(const fs::path& root) {
  Lister lister;
  const std::vector<fs::path> folders = folders_in(root);
  if (!has_splits(folders)) {
    lister.add(root, std::nullopt);
    return lister.done(root);
  }
  for (const fs::path& folder : folders) {
    const auto part = part_named(folder.filename().string());
    check(part.has_value(), ErrorCode::data,
          "'" + root.string() + "' has the folder 'train', but also '" +
              modhost::shown(folder.filename().string()) +
              "', needed train, validation and test alone");
    lister.add(folder, part);
  }
  return lister.done(root);
}

}  // namespace

std::vector<fs::path> folders_in(const fs::path& root) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_directory() && !is_hidden(entry.path())) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> images_in(const fs::path& folder) { return files_in(folder).images; }

ImageList list_images(const fs::path& root) {
  std::error_code failure;
  check(fs::is_directory(root, failure), ErrorCode::data,
        "cannot read the folder '" + root.string() + "': no such folder");
  try {
    return listed(root);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::io, "cannot read the folder '" + error.path1().string() +
                                   "': " + error.code().message());
  }
}

}  // namespace modhost_own_data
