#include <algorithm>
#include <filesystem>

#include "report.h"
#include "sheet.h"

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::string sheet_name(const std::string& kind, std::string layer) {
  for (char& c : layer) {
    if (c == '/' || c == '+' || c == ' ') c = '_';
  }
  return "sheets/" + kind + "-" + layer + ".png";
}

std::string written(RunWriter& writer, const std::string& kind, const std::string& layer,
                    const std::vector<SheetRow>& rows) {
  const std::string name = sheet_name(kind, layer);
  std::filesystem::create_directories(writer.folder() / "sheets");
  write_sheet(writer.folder() / name, rows);
  return name;
}

Tile optimised_tile(const Vision& vision, const InputRange& range, double most) {
  Tile out;
  out.pixels = grey_or_colour(vision.input, range.low, range.high);
  out.bar = most > 0 ? std::max(0.0, vision.score / most) : 0;
  if (vision.predicted) out.number = *vision.predicted;
  return out;
}

std::vector<Tile> top_tiles(const TopSamples& top, const InputRange& range, const Source& source) {
  std::vector<Tile> out;
  const Tensor inputs = source.load(top.samples).input;
  for (size_t at = 0; at < top.samples.size(); ++at) {
    Tile tile;
    tile.pixels = grey_or_colour(inputs[static_cast<int64_t>(at)], range.low, range.high);
    if (!top.classes.empty()) tile.number = top.classes[at];
    out.push_back(std::move(tile));
  }
  return out;
}

Tile number_tile(const Tensor& numbers) {
  Tile out;
  out.pixels = blue_to_red(numbers);
  return out;
}

}  // namespace

std::string optimised_sheet(RunWriter& writer, const std::vector<Trial>& layer,
                            const InputRange& range) {
  std::vector<SheetRow> rows;
  for (const Trial& trial : layer) {
    double most = trial.own.score;
    for (const Vision& control : trial.controls) most = std::max(most, control.score);
    SheetRow row;
    row.label = trial.label;
    row.own.push_back(optimised_tile(trial.own, range, most));
    for (const Vision& control : trial.controls) {
      row.random.push_back(optimised_tile(control, range, most));
    }
    rows.push_back(std::move(row));
  }
  return written(writer, "optimised", layer.front().layer, rows);
}

std::string top_sheet(RunWriter& writer, const std::vector<Trial>& layer, const InputRange& range,
                      const Source& source) {
  std::vector<SheetRow> rows;
  for (const Trial& trial : layer) {
    SheetRow row;
    row.label = trial.label;
    row.own = top_tiles(trial.top, range, source);
    if (!trial.control_tops.empty()) {
      row.random = top_tiles(trial.control_tops.front(), range, source);
    }
    rows.push_back(std::move(row));
  }
  return written(writer, "top", layer.front().layer, rows);
}

std::string receptive_sheet(RunWriter& writer, const std::string& layer,
                            const std::vector<Receptive>& images) {
  std::vector<SheetRow> rows;
  for (const Receptive& image : images) {
    SheetRow row;
    row.label = image.label;
    row.own.push_back(number_tile(image.own));
    for (const Tensor& random : image.random) row.random.push_back(number_tile(random));
    rows.push_back(std::move(row));
  }
  return written(writer, "receptive", layer, rows);
}

}  // namespace modhost_featurevis
