#include "idx_dataset.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/idx.h>

#include <algorithm>

namespace modhost_mnist {
namespace {

namespace fs = std::filesystem;
using modhost::DataFile;
using modhost::DataFiles;
using modhost::ErrorCode;

constexpr int64_t kSide = 28;
constexpr int64_t kClasses = 10;
constexpr uint64_t kMostBytes = uint64_t{1} << 30;  // 1.3 million images

struct Published {
  const char* folder;  // below modhost's folder for data
  std::vector<std::string> urls;
  const char* source;
  std::array<DataFile, 4> files;  // train images and labels, test images and labels; no URLs
};

constexpr const char* kNames[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

DataFile file(int number, int64_t bytes, const char* sha256) {
  return {std::string(kNames[number]) + ".gz", bytes, sha256, {}};
}

// LeCun's own page does not give the files out any more; these two have the same bytes.
const Published& mnist() {
  static const Published published{
      "mnist",
      {"https://storage.googleapis.com/cvdf-datasets/mnist/",
       "https://ossci-datasets.s3.amazonaws.com/mnist/"},
      "yann.lecun.com/exdb/mnist",
      {file(0, 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
       file(1, 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
       file(2, 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
       file(3, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")}};
  return published;
}

const Published& fashion_mnist() {
  static const Published published{
      "fashion_mnist",
      {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
       "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"},
      "github.com/zalandoresearch/fashion-mnist",
      {file(0, 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
       file(1, 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
       file(2, 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
       file(3, 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")}};
  return published;
}

const Published& kmnist() {
  static const Published published{
      "kmnist",
      {"http://codh.rois.ac.jp/kmnist/dataset/kmnist/"},
      "codh.rois.ac.jp/kmnist",
      {file(0, 18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
       file(1, 29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
       file(2, 3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
       file(3, 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c")}};
  return published;
}

const Published& published(Digits which) {
  if (which == Digits::mnist) return mnist();
  return which == Digits::fashion_mnist ? fashion_mnist() : kmnist();
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
  throw modhost::Error(ErrorCode::data, "cannot use '" + path.string() + "': " + what);
}

void check_images(const fs::path& path, const modhost::IdxArray& images) {
  const auto& shape = images.shape;
  if (shape[0] == 0) refuse(path, "it holds no images");
  if (shape[1] != kSide || shape[2] != kSide) {
    refuse(path, "its images have " + std::to_string(shape[1]) + "x" + std::to_string(shape[2]) +
                     " pixels, needed are 28x28");
  }
}

void check_labels(const fs::path& path, const modhost::IdxArray& labels, int64_t images) {
  if (labels.shape[0] != images) {
    refuse(path, "it holds " + modhost::count_text(labels.shape[0]) + " labels for " +
                     modhost::count_text(images) + " images");
  }
  const auto wrong = std::find_if(labels.bytes.begin(), labels.bytes.end(),
                                  [](uint8_t label) { return label >= kClasses; });
  if (wrong != labels.bytes.end()) {
    refuse(path, "label " + modhost::count_text(wrong - labels.bytes.begin()) + " is " +
                     std::to_string(*wrong) + ", needed are 0 .. 9");
  }
}

// first: 0 for the training files, 2 for the test files.
std::shared_ptr<const modhost::LabelledImages> read_part(const DataFiles& files, size_t first) {
  const fs::path image_path = files.path(files.list.at(first).name);
  const fs::path label_path = files.path(files.list.at(first + 1).name);
  modhost::IdxArray images = modhost::read_idx(image_path, 3, kMostBytes);
  check_images(image_path, images);
  modhost::IdxArray labels = modhost::read_idx(label_path, 1, kMostBytes);
  check_labels(label_path, labels, images.shape[0]);
  return std::make_shared<modhost::LabelledImages>(
      modhost::LabelledImages{{1, kSide, kSide}, std::move(images.bytes), std::move(labels.bytes)});
}

}  // namespace

modhost::ImageFilesFacts facts_of(Digits which) {
  const std::vector<int64_t> shape{1, kSide, kSide};
  switch (which) {
    case Digits::fashion_mnist:
      return {"Fashion-MNIST",
              shape,
              {"t_shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
               "bag", "ankle_boot"},
              true};
    case Digits::kmnist:
      return {"Kuzushiji-MNIST",
              shape,
              {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"},
              false,
              4,
              {{0.5}, {0.5}}};
    case Digits::mnist:
      break;
  }
  return {"MNIST", shape, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
          false,   4,     {{0.1307}, {0.3081}}};
}

DataFiles files_of(Digits which, const std::string& dataset, const std::string& folder) {
  const Published& known = published(which);
  DataFiles out{dataset, modhost::data_folder(known.folder, folder), {}, known.source};
  for (size_t number = 0; number < known.files.size(); ++number) {
    const std::string plain = kNames[number];
    DataFile one = known.files[number];
    if (!is_file(out.folder / one.name) && is_file(out.folder / plain)) {
      out.list.push_back({plain});
      continue;
    }
    for (const std::string& url : known.urls) one.urls.push_back(url + one.name);
    out.list.push_back(std::move(one));
  }
  return out;
}

modhost::ImageParts read_parts(const DataFiles& files) {
  return {read_part(files, 0), read_part(files, 2)};
}

}  // namespace modhost_mnist
