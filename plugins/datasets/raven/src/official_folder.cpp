#include "official_folder.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "modhost/error.h"
#include "modhost/npz.h"
#include "shape_geometry.h"

namespace modhost::raven {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxSide = 1024;
constexpr size_t kMaxListed = 20'000'000;
constexpr char kNameHelp[] =
    "expected {configuration}/RAVEN_{k}_{split}.npz or {split}/{any}/*.npz";

std::optional<Split> split_by_name(const std::string& name) {
  for (const Split split : {Split::train, Split::val, Split::test}) {
    if (name == split_name(split)) return split;
  }
  return std::nullopt;
}

// k and split of "RAVEN_12_train"; either may be missing.
void parse_stem(const std::string& stem, ProblemFile& file, std::optional<Split>& split) {
  const size_t first = stem.find('_');
  if (first == std::string::npos) return;
  file.index = std::strtoull(stem.c_str() + first + 1, nullptr, 10);
  split = split_by_name(stem.substr(stem.rfind('_') + 1));
}

ProblemFile describe_file(const fs::path& path, std::optional<Split> folder_split) {
  ProblemFile file;
  file.path = path;
  file.group = path.parent_path().filename().string();
  std::optional<Split> split;
  parse_stem(path.stem().string(), file, split);
  if (folder_split) split = folder_split;
  if (!split) {
    throw Error(ErrorCode::data, "file '" + path.string() + "' states no split", kNameHelp);
  }
  file.split = *split;
  for (const Configuration configuration : all_configurations()) {
    if (file.group == info(configuration).folder) file.configuration = configuration;
  }
  return file;
}

void list_folder(const fs::path& folder, std::optional<Split> split,
                 std::vector<ProblemFile>& files) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".npz" || !entry.is_regular_file()) continue;
    if (files.size() >= kMaxListed) throw Error(ErrorCode::data, "too many files");
    files.push_back(describe_file(entry.path(), split));
  }
}

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Error(ErrorCode::data, "problem file '" + path.string() + "': " + what);
}

const NpyArray& member(const NpzArrays& arrays, const std::string& name, const fs::path& path) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) fail(path, "array '" + name + "' is missing");
  return found->second;
}

int image_side(const NpyArray& image, const fs::path& path) {
  const auto& shape = image.shape;
  const bool panels = shape.size() == 3 && shape[0] == kPanels && shape[1] == shape[2] &&
                      shape[1] >= 1 && shape[1] <= kMaxSide;
  const bool official = image.element_count() == int64_t{kPanels} * kCanvas * kCanvas;
  if (image.descr != "|u1" || image.fortran_order || !(panels || official)) {
    image.expect("image' of '" + path.string(), "|u1", {kPanels, kCanvas, kCanvas});
    fail(path, "array 'image' cannot be read as 16 square panels");
  }
  return panels ? static_cast<int>(shape[1]) : kCanvas;
}

int64_t target_value(const NpyArray& array, const fs::path& path) {
  if (array.element_count() != 1) fail(path, "array 'target' is no single number");
  if (array.descr == "<i8") return array.scalar<int64_t>();
  if (array.descr == "<i4") return array.scalar<int32_t>();
  if (array.descr == "|u1") return array.scalar<uint8_t>();
  fail(path, "array 'target' is of type '" + array.descr + "', needed '<i8'");
}

void transpose_panels(std::vector<uint8_t>& image, int side) {
  const auto length = static_cast<size_t>(side);
  for (size_t panel = 0; panel < kPanels; ++panel) {
    uint8_t* pixels = image.data() + panel * length * length;
    for (size_t row = 0; row < length; ++row) {
      for (size_t column = 0; column < row; ++column) {
        std::swap(pixels[row * length + column], pixels[column * length + row]);
      }
    }
  }
}

template <size_t count>
std::optional<std::array<uint8_t, count>> flags(const NpzArrays& arrays, const std::string& name,
                                                const fs::path& path) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) return std::nullopt;
  if (found->second.descr != "|u1" || found->second.bytes.size() != count) {
    found->second.expect(name + "' of '" + path.string(), "|u1", {static_cast<int64_t>(count)});
    fail(path, "array '" + name + "' has the wrong length");
  }
  std::array<uint8_t, count> result;
  std::copy(found->second.bytes.begin(), found->second.bytes.end(), result.begin());
  return result;
}

}  // namespace

std::vector<ProblemFile> list_problem_files(const fs::path& root) {
  if (!fs::is_directory(root)) {
    throw Error(ErrorCode::data, "data folder '" + root.string() + "' does not exist");
  }
  std::vector<ProblemFile> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const auto split = split_by_name(entry.path().filename().string());
    if (!split) {
      list_folder(entry.path(), std::nullopt, files);
      continue;
    }
    for (const fs::directory_entry& inner : fs::directory_iterator(entry.path())) {
      if (inner.is_directory()) list_folder(inner.path(), split, files);
    }
  }
  if (files.empty()) {
    throw Error(ErrorCode::data, "data folder '" + root.string() + "' holds no problem files",
                kNameHelp);
  }
  std::sort(files.begin(), files.end(), [](const ProblemFile& a, const ProblemFile& b) {
    return std::tie(a.split, a.group, a.index, a.path) <
           std::tie(b.split, b.group, b.index, b.path);
  });
  return files;
}

LoadedProblem load_problem(const fs::path& path, bool transposed) {
  NpzLimits limits;
  limits.member_bytes = uint64_t{kPanels} * kMaxSide * kMaxSide + 65536;
  limits.total_bytes = 2 * limits.member_bytes;
  limits.members = 64;
  NpzArrays arrays = read_npz(path, limits);
  LoadedProblem problem;
  problem.side = image_side(member(arrays, "image", path), path);
  const int64_t value = target_value(member(arrays, "target", path), path);
  if (value < 0 || value >= kCandidates) {
    fail(path, "'target' is " + std::to_string(value) + ", needed 0 to 7");
  }
  problem.target = static_cast<int>(value);
  problem.meta_target = flags<kMetaColumns>(arrays, "meta_target", path);
  problem.meta_structure = flags<kMetaStructure>(arrays, "meta_structure", path);
  problem.image = std::move(arrays.at("image").bytes);
  if (transposed) transpose_panels(problem.image, problem.side);
  return problem;
}

}  // namespace modhost::raven
