// Official files: reference problems, export and reload, damaged input.
#include "modhost/files.h"

#include <catch2/catch.hpp>

#include "export_folder.h"
#include "metadata.h"
#include "modhost/error.h"
#include "modhost/npz.h"
#include "official_folder.h"
#include "problem_xml.h"
#include "raven_helpers.h"
#include "solver.h"

using namespace modhost::raven;
using modhost::Error;

namespace {

std::string xml_of(std::filesystem::path npz) {
  return modhost::read_file(npz.replace_extension(".xml"));
}

template <typename Values>
std::vector<uint8_t> as_bytes(const Values& values) {
  return {values.begin(), values.end()};
}

// Without the attributes that depend on how exactly pixels are drawn.
std::string without_pixels(std::string xml) {
  for (const std::string name : {" mask=\"", " real_bbox=\""}) {
    for (size_t at = xml.find(name); at != std::string::npos; at = xml.find(name, at)) {
      xml.erase(at, xml.find('"', at + name.size()) + 1 - at);
    }
  }
  return xml;
}

}  // namespace

TEST_CASE("the solver finds the target of the reference problems", "[raven]") {
  for (const auto& path : reference_problems()) {
    INFO(path);
    ParsedProblem parsed = parse_problem_xml(xml_of(path), path.string());
    CHECK(infer_rule_values(parsed.problem));
    const Solution solution = solve(parsed.problem);
    const auto arrays = modhost::read_npz(path);
    CHECK(solution.unique);
    CHECK(solution.choice == arrays.at("target").scalar<int64_t>());
    CHECK(solution.choice == arrays.at("predict").scalar<int64_t>());
    CHECK(solution.satisfied[static_cast<size_t>(solution.choice)] ==
          4 * info(parsed.problem.configuration).components);
    if (parsed.problem.scheme == AnswerScheme::iraven) {
      CHECK(parsed.problem.changes[static_cast<size_t>(solution.choice)].count == 0);
    }
  }
}

TEST_CASE("meta data of the reference problems follow from their rules", "[raven]") {
  for (const auto& path : reference_problems()) {
    INFO(path);
    const ParsedProblem parsed = parse_problem_xml(xml_of(path), path.string());
    const Metadata metadata = describe(parsed.problem.configuration, parsed.problem.rules);
    const auto arrays = modhost::read_npz(path);
    CHECK(as_bytes(metadata.meta_matrix) == arrays.at("meta_matrix").values<uint8_t>());
    CHECK(as_bytes(metadata.meta_target) == arrays.at("meta_target").values<uint8_t>());
    CHECK(as_bytes(metadata.meta_structure) == arrays.at("meta_structure").values<uint8_t>());
    CHECK(metadata.structure == arrays.at("structure").strings());
    CHECK(modhost::make_npy_strings(metadata.structure).descr == arrays.at("structure").descr);
  }
}

TEST_CASE("reference XML is written back as it was", "[raven]") {
  for (const auto& path : reference_problems()) {
    INFO(path);
    const std::string xml = xml_of(path);
    const ParsedProblem parsed = parse_problem_xml(xml, path.string());
    const std::string written = format_problem_xml(parsed.problem, Renderer(parsed.values));
    CHECK(without_pixels(written) == without_pixels(xml));
  }
}

TEST_CASE("exported folders reload to the same problems", "[raven]") {
  const ScratchFolder folder;
  for (const char* name : {"fair", "big"}) {
    const TaskSet set = named_task_set(name);
    const Generator generator(set);
    const Renderer renderer(set.values);
    ExportOptions options;
    options.first = 5;
    options.problems_per_configuration = 4;  // k = 5 train, 6 and 7 val, 8 test
    options.deflate = std::string(name) == "fair";
    const auto root = folder.path() / name;
    CHECK(export_folder(set, root, options) == 28);
    const auto files = list_problem_files(root);
    REQUIRE(files.size() == 28);
    CHECK(files.front().split == Split::train);
    CHECK(files.back().split == Split::test);
    for (const ProblemFile& file : files) {
      INFO(file.path);
      REQUIRE(file.configuration);
      CHECK(file.split == split_of_index(file.index));
      const Problem problem =
          generator.generate(*file.configuration, file.split, file.index, options.seed);
      const LoadedProblem loaded = load_problem(file.path);
      CHECK(loaded.side == kCanvas);
      CHECK(loaded.target == problem.target);
      CHECK(loaded.image == draw(renderer, problem));
      CHECK(as_bytes(loaded.meta_target.value()) ==
            as_bytes(describe(problem.configuration, problem.rules).meta_target));
      const ParsedProblem parsed = parse_problem_xml(xml_of(file.path), file.path.string());
      CHECK(parsed.values == set.values);
      CHECK(parsed.problem.target == problem.target);
      CHECK(draw(renderer, parsed.problem) == loaded.image);
    }
  }
}

TEST_CASE("an export can be stopped and writes nothing but whole files", "[raven]") {
  const ScratchFolder folder;
  ExportOptions options;
  options.xml = false;
  options.progress = [](uint64_t done, uint64_t total) {
    CHECK(total == 70);
    return done < 3;
  };
  CHECK(export_folder(named_task_set("iraven"), folder.path(), options) == 3);
  CHECK(list_problem_files(folder.path()).size() == 3);
}

TEST_CASE("a split folder decides over the file name", "[raven]") {
  const ScratchFolder folder;
  const auto source = data_folder() / "raven" / "distribute_four" / "RAVEN_10_train.npz";
  for (const char* place : {"test/anything", "val/distribute_four"}) {
    std::filesystem::create_directories(folder.path() / place);
    std::filesystem::copy_file(source, folder.path() / place / "RAVEN_10_train.npz");
  }
  const auto files = list_problem_files(folder.path());
  REQUIRE(files.size() == 2);
  CHECK(files[0].split == Split::val);
  CHECK(files[0].configuration == Configuration::distribute_four);
  CHECK(files[1].split == Split::test);
  CHECK(files[1].group == "anything");
  CHECK_FALSE(files[1].configuration);

  std::filesystem::create_directories(folder.path() / "other");
  std::filesystem::copy_file(source, folder.path() / "other" / "problem.npz");
  CHECK_THROWS_WITH(list_problem_files(folder.path()), Catch::Contains("states no split"));
  CHECK_THROWS_AS(list_problem_files(folder.path() / "none"), Error);
}

TEST_CASE("transposed panels are the panels with rows and columns swapped", "[raven]") {
  const auto path = data_folder() / "raven" / "distribute_four" / "RAVEN_10_train.npz";
  const auto plain = load_problem(path).image;
  const auto transposed = load_problem(path, true).image;
  bool equal = true;
  for (size_t panel = 0; panel < kPanels; ++panel) {
    for (size_t y = 0; y < kCanvas; ++y) {
      for (size_t x = 0; x < kCanvas; ++x) {
        const size_t start = panel * kPanelPixels;
        equal &= plain[start + y * kCanvas + x] == transposed[start + x * kCanvas + y];
      }
    }
  }
  CHECK(equal);
  CHECK(plain != transposed);
}

TEST_CASE("problem files that lack something are refused by name", "[raven]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "RAVEN_0_train.npz";
  const auto image = modhost::make_npy<uint8_t>({kPanels, 4, 4}, std::vector<uint8_t>(256));
  const auto target = modhost::make_npy<int64_t>({}, {3});
  modhost::write_npz(path, modhost::NpzArrays{{"image", image}, {"target", target}});
  CHECK(load_problem(path).side == 4);  // other sides are fine

  modhost::write_npz(path, modhost::NpzArrays{{"image", image}});
  CHECK_THROWS_WITH(load_problem(path), Catch::Contains("'target' is missing"));
  modhost::write_npz(
      path, modhost::NpzArrays{{"image", image}, {"target", modhost::make_npy<int64_t>({}, {8})}});
  CHECK_THROWS_WITH(load_problem(path), Catch::Contains("needed 0 to 7"));
  const auto wide = modhost::make_npy<uint8_t>({8, 4, 8}, std::vector<uint8_t>(256));
  modhost::write_npz(path, modhost::NpzArrays{{"image", wide}, {"target", target}});
  CHECK_THROWS_WITH(load_problem(path), Catch::Contains("(8, 4, 8)"));
  const auto text = modhost::make_npy_strings({"three"});
  modhost::write_npz(path, modhost::NpzArrays{{"image", image}, {"target", text}});
  CHECK_THROWS_AS(load_problem(path), Error);
}

TEST_CASE("damaged XML is refused without harm", "[raven]") {
  const auto path = data_folder() / "iraven" / "center_single" / "RAVEN_10_train.npz";
  const std::string xml = xml_of(path);
  for (size_t length = 0; length + 7 < xml.size(); length += 97) {
    CHECK_THROWS_AS(parse_problem_xml(xml.substr(0, length), "cut.xml"), Error);
  }
  RandomStream random(8);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string damaged = xml;
    for (int flip = 0; flip < 12; ++flip) {
      damaged[static_cast<size_t>(random.below(static_cast<int>(xml.size())))] =
          static_cast<char>(random.below(256));
    }
    try {
      parse_problem_xml(damaged, "damaged.xml");
    } catch (const Error& error) {
      ++refused;
    }
  }
  CHECK(refused > 0);
  std::string high_level = xml;
  const size_t at = high_level.find("Size=\"");
  high_level.replace(at, 7, "Size=\"99");
  CHECK_THROWS_WITH(parse_problem_xml(high_level, "x.xml"), Catch::Contains("needed 0 to 5"));
}
