// Drawing: agreement with the original renderer, resampling, contact sheets.
#include <catch2/catch.hpp>

#include "area_resample.h"
#include "contact_sheet.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"
#include "official_folder.h"
#include "problem_xml.h"
#include "raven_helpers.h"

using namespace modhost::raven;

namespace {

// What is asked of one image, and of the mean over all.
constexpr double kEachImage = 0.98;
constexpr double kMeanImage = 0.994;

// The mean over the covered area by the definition, one output pixel at a time.
std::vector<uint8_t> resample_slowly(const uint8_t* input, int side) {
  std::vector<uint8_t> output;
  const auto covered = [side](int out, int in) {
    const int begin = std::max(out * kCanvas, in * side);
    const int end = std::min((out + 1) * kCanvas, (in + 1) * side);
    return static_cast<int64_t>(std::max(0, end - begin));
  };
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      int64_t total = 0;
      int64_t area = 0;
      for (int y = 0; y < kCanvas; ++y) {
        if (covered(row, y) == 0) continue;
        for (int x = 0; x < kCanvas; ++x) {
          const int64_t weight = covered(row, y) * covered(column, x);
          total += weight * input[y * kCanvas + x];
          area += weight;
        }
      }
      output.push_back(static_cast<uint8_t>((2 * total + area) / (2 * area)));
    }
  }
  return output;
}

}  // namespace

TEST_CASE("entities agree with those of the original renderer", "[raven]") {
  const auto arrays = modhost::read_npz(data_folder() / "entities.npz");
  const auto params = arrays.at("params").values<double>();
  const auto boxes = arrays.at("real_bbox").values<double>();
  const auto images = arrays.at("images").values<uint8_t>();
  const size_t count = images.size() / kPanelPixels;
  REQUIRE(count == 750);
  const ValueLists values;
  const Renderer renderer(values);
  std::vector<uint8_t> pixels(kPanelPixels);
  double sum = 0;
  double worst = 1;
  double worst_box = 0;
  for (size_t index = 0; index < count; ++index) {
    const double* p = &params[8 * index];
    ComponentLayout layout = {"", "", 1, {{{p[0], p[1], p[2], p[3]}}}, false, 0};
    const Entity entity = {0, static_cast<uint8_t>(p[4]), static_cast<uint8_t>(p[5]),
                           static_cast<uint8_t>(p[6]), static_cast<uint8_t>(p[7])};
    renderer.draw_entity(layout, entity, pixels.data());
    const double close = agreement(pixels.data(), &images[index * kPanelPixels], kPanelPixels);
    sum += close;
    worst = std::min(worst, close);
    const auto box = real_box(values.types[entity.type - 1u], layout.boxes[0],
                              values.sizes[entity.size], values.angles[entity.angle]);
    for (size_t part = 0; part < 4; ++part) {
      worst_box = std::max(worst_box, std::abs(box[part] - boxes[4 * index + part]));
    }
  }
  CHECK(worst >= kEachImage);
  CHECK(sum / static_cast<double>(count) >= kMeanImage);
  CHECK(worst_box <= 1.001e-4);  // four decimals, of which the last may be rounded otherwise
}

TEST_CASE("reference problems drawn from their XML agree with their images", "[raven]") {
  const auto paths = reference_problems();
  REQUIRE(paths.size() >= 10);
  for (const auto& path : paths) {
    auto xml_path = path;
    xml_path.replace_extension(".xml");
    const ParsedProblem parsed = parse_problem_xml(modhost::read_file(xml_path), xml_path.string());
    const LoadedProblem loaded = load_problem(path);
    const auto image = draw(Renderer(parsed.values), parsed.problem);
    double sum = 0;
    for (size_t panel = 0; panel < kPanels; ++panel) {
      const size_t start = panel * kPanelPixels;
      const double close = agreement(&image[start], &loaded.image[start], kPanelPixels);
      INFO(path << " panel " << panel);
      // A panel adds the deviations of its entities, of which a pixel belongs to at most one.
      CHECK(close >= 0.96);
      sum += close / kPanels;
    }
    INFO(path);
    CHECK(sum >= kEachImage);
  }
}

TEST_CASE("area resampling equals the definition", "[raven]") {
  RandomStream random(3);
  std::vector<uint8_t> input(2 * kPanelPixels);
  for (uint8_t& pixel : input) pixel = static_cast<uint8_t>(random.below(256));
  std::fill(input.begin() + kPanelPixels, input.begin() + kPanelPixels + 4000, uint8_t{255});
  for (const int side : {1, 7, 40, 64, 80, 96, 131, 160, 200}) {
    const auto pixels = static_cast<size_t>(side) * static_cast<size_t>(side);
    std::vector<uint8_t> output(2 * pixels);
    AreaResampler(side).apply(input.data(), 2, output.data());
    for (size_t panel = 0; panel < 2; ++panel) {
      const auto expected = resample_slowly(&input[panel * kPanelPixels], side);
      INFO("side " << side);
      CHECK(std::equal(expected.begin(), expected.end(),
                       output.begin() + static_cast<std::ptrdiff_t>(panel * pixels)));
    }
  }
  CHECK_THROWS_AS(AreaResampler(0), modhost::Error);
  CHECK_THROWS_AS(AreaResampler(100000), modhost::Error);
}

TEST_CASE("a contact sheet is a PNG of the announced size", "[raven]") {
  const ScratchFolder folder;
  const TaskSet set = single_set("iraven", Configuration::distribute_four);
  const Generator generator(set);
  const Renderer renderer(set.values);
  std::vector<Problem> problems;
  for (uint64_t k = 0; k < 3; ++k) {
    problems.push_back(generator.generate(Configuration::distribute_four, Split::train, k, 1));
  }
  const auto path = folder.path() / "sheet.png";
  write_sheet(problems, renderer, path, 2);
  const std::string bytes = modhost::read_file(path);
  CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  const auto big_endian = [&bytes](size_t at) {
    return static_cast<unsigned char>(bytes[at + 2]) * 256 +
           static_cast<unsigned char>(bytes[at + 3]);
  };
  CHECK(big_endian(16) > big_endian(20));  // two columns, two rows
  CHECK_THROWS_AS(write_sheet(std::vector<SheetEntry>(), path), modhost::Error);
  CHECK_THROWS_AS(write_sheet(std::vector<SheetEntry>(1), path), modhost::Error);
}
