#include "imagenet_list.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/shown_text.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace modhost_own_data {
namespace {

namespace fs = std::filesystem;
using modhost::check;
using modhost::count_text;
using modhost::Error;
using modhost::ErrorCode;
using modhost::shown;

constexpr uint64_t kLargestList = uint64_t{1} << 26;  // bytes of a text file
constexpr int64_t kMostClasses = 1'000'000;

// An image and its label as the folder or the file of labels has it.
struct Labelled {
  std::string file, label;
  bool trains;
};

std::vector<std::string> lines_of(const std::string& path) {
  const std::string text = modhost::read_file(path, kLargestList);
  std::vector<std::string> out(1);
  for (const char letter : text) {
    if (letter == '\n') {
      out.emplace_back();
    } else if (letter != '\r') {
      out.back() += letter;
    }
  }
  return out;
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> out;
  bool inside = false;
  for (const char letter : line) {
    const bool apart = letter == ' ' || letter == '\t' || letter == ',' || letter == ';';
    if (!apart && !inside) out.emplace_back();
    if (!apart) out.back() += letter;
    inside = !apart;
  }
  return out;
}

std::optional<int64_t> number_of(const std::string& text) {
  int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
  return whole && value >= 0 && value < kMostClasses ? std::optional(value) : std::nullopt;
}

// NAME.JPEG and NAME are the same image.
std::string stem_of(const std::string& name) { return fs::path(name).stem().string(); }

void add_folders(const fs::path& root, bool trains, std::vector<Labelled>& out) {
  for (const fs::path& folder : folders_in(root)) {
    for (std::string& file : images_in(folder)) {
      out.push_back({std::move(file), folder.filename().string(), trains});
    }
  }
}

// Images of one folder with the labels of a file.
void add_flat(const fs::path& root, const std::string& labels, std::vector<Labelled>& out) {
  const std::vector<std::string> files = images_in(root);
  check(!files.empty(), ErrorCode::data, "no .png, .jpg or .jpeg lies in '" + root.string() + "'");
  check(!labels.empty(), ErrorCode::data,
        "the " + count_text(static_cast<int64_t>(files.size())) + " images in '" + root.string() +
            "' lie in no folders of classes, and nothing tells their labels",
        "give --dataset.labels FILE, with a line 'NAME LABEL' for each");
  std::map<std::string, std::string> known;
  std::vector<std::string> in_order;
  for (const std::string& line : lines_of(labels)) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() == 1) in_order.push_back(words[0]);
    if (words.size() > 1) known[stem_of(words[0])] = words[1];
  }
  check(in_order.empty() || (known.empty() && in_order.size() == files.size()), ErrorCode::data,
        "'" + labels + "' has " + count_text(static_cast<int64_t>(in_order.size())) +
            " lines of one word, and there are " + count_text(static_cast<int64_t>(files.size())) +
            " images in '" + root.string() + "'");
  for (size_t i = 0; i < files.size(); ++i) {
    if (!in_order.empty()) {
      out.push_back({files[i], in_order[i], false});
      continue;
    }
    const auto found = known.find(stem_of(files[i]));
    check(found != known.end(), ErrorCode::data,
          "'" + labels + "' has no label for '" + shown(files[i]) + "'");
    out.push_back({files[i], found->second, false});
  }
}

fs::path validation_folder(const fs::path& root) {
  for (const char* name : {"val", "validation"}) {
    if (fs::is_directory(root / name)) return root / name;
  }
  return root;
}

std::vector<Labelled> found_in(const ImageNetPlace& place) {
  const fs::path root = place.folder, validation = validation_folder(root);
  std::vector<Labelled> out;
  const bool apart = validation != root;
  if (apart && fs::is_directory(root / "train")) add_folders(root / "train", true, out);
  const bool by_class = place.labels.empty() && !folders_in(validation).empty();
  if (by_class) {
    add_folders(validation, false, out);
  } else {
    add_flat(validation, place.labels, out);
  }
  check(!out.empty(), ErrorCode::data,
        "no .png, .jpg or .jpeg lies in '" + validation.string() + "'");
  return out;
}

// Names of the classes, in the order of their numbers.
std::vector<std::string> classes_of(const ImageNetPlace& place, const std::vector<Labelled>& all) {
  std::vector<std::string> out;
  if (!place.synsets.empty()) {
    for (const std::string& line : lines_of(place.synsets)) {
      const std::vector<std::string> words = words_of(line);
      if (!words.empty()) out.push_back(words[0]);
    }
    return out;
  }
  int64_t most = place.class_count - 1;
  for (const Labelled& one : all) {
    const auto number = number_of(one.label);
    if (number) most = std::max(most, *number);
    if (!number) out.push_back(one.label);
  }
  if (out.empty()) {
    for (int64_t number = 0; number <= most; ++number) out.push_back(std::to_string(number));
    return out;
  }
  for (const Labelled& one : all) {
    if (number_of(one.label)) out.push_back(one.label);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::map<std::string, int32_t> numbered(const std::vector<std::string>& classes,
                                        const std::string& synsets) {
  std::map<std::string, int32_t> out;
  for (const std::string& name : classes) {
    const bool first = out.emplace(name, static_cast<int32_t>(out.size())).second;
    check(first, ErrorCode::data, "'" + synsets + "' has the class '" + shown(name) + "' twice");
  }
  check(out.size() > 1, ErrorCode::data, "there is one class only, needed are two or more");
  return out;
}

ImageList selected(const ImageNetPlace& place, const std::vector<Labelled>& all) {
  ImageList out;
  out.notes.classes = classes_of(place, all);
  const auto number = numbered(out.notes.classes, place.synsets);
  std::vector<int64_t> taken(out.notes.classes.size());
  for (const Labelled& one : all) {
    const auto found = number.find(one.label);
    const auto given = number_of(one.label);
    int32_t label = found != number.end() ? found->second : -1;
    if (label < 0 && given && *given < static_cast<int64_t>(taken.size())) {
      label = static_cast<int32_t>(*given);
    }
    check(label >= 0, ErrorCode::data,
          "the label '" + shown(one.label) + "' of '" + shown(one.file) + "' is none of the " +
              count_text(static_cast<int64_t>(taken.size())) + " classes in '" + place.synsets +
              "'",
          modhost::did_you_mean(one.label, out.notes.classes));
    const bool full = place.per_class > 0 && taken[static_cast<size_t>(label)] == place.per_class;
    if (!one.trains && full) continue;
    if (!one.trains) ++taken[static_cast<size_t>(label)];
    out.files.push_back(one.file);
    out.notes.label.push_back(label);
    out.notes.part.push_back(one.trains ? Part::train : Part::test);
  }
  out.notes.size = static_cast<int64_t>(out.files.size());
  return out;
}

}  // namespace

ImageList list_imagenet(const ImageNetPlace& place) {
  std::error_code failure;
  check(fs::is_directory(place.folder, failure), ErrorCode::data,
        "cannot read the folder '" + place.folder + "': no such folder");
  try {
    return selected(place, found_in(place));
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::io, "cannot read the folder '" + error.path1().string() +
                                   "': " + error.code().message());
  }
}

}  // namespace modhost_own_data
