// The seven figure configurations of RAVEN: components, slots and names.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace modhost::raven {

enum class Configuration : uint8_t {
  center_single,
  distribute_four,
  distribute_nine,
  left_center_single_right_center_single,
  up_center_single_down_center_single,
  in_center_single_out_center_single,
  in_distribute_four_out_center_single,
};
constexpr int kConfigurations = 7;
constexpr int kMaxSlots = 9;
constexpr int kMaxComponents = 2;

// A slot as fractions of the canvas; the row centre comes first, as in the files.
struct Box {
  double row, column, width, height;
};

struct ComponentLayout {
  const char* name;    // "Grid", "Left", "Out", ...
  const char* layout;  // "Center_Single", ...
  int slots;           // 1, 4 or 9; as many entities fit
  std::array<Box, kMaxSlots> boxes;
  bool container;           // the outer component: one colour, large sizes
  int smallest_size_level;  // sizes below are left out
};

struct ConfigurationInfo {
  const char* folder;      // "center_single", the folder of the official data
  const char* paper_name;  // "Center", "2x2Grid", ...
  const char* structure;   // "Singleton", "Left_Right", "Up_Down", "Out_In"
  int components;          // 1 or 2; the first is drawn below the second
  std::array<ComponentLayout, kMaxComponents> component;
};

const ConfigurationInfo& info(Configuration configuration);
// Accepts the folder name and the name of the paper; Error(config) with the nearest valid name.
Configuration parse_configuration(std::string_view name);
std::vector<Configuration> all_configurations();

}  // namespace modhost::raven
