#include "configuration.h"

#include <string>

#include "modhost/error.h"

namespace modhost::raven {
namespace {

constexpr ComponentLayout single(const char* name, const char* layout, Box box) {
  return {name, layout, 1, {box}, false, 0};
}

constexpr ComponentLayout kCenter = single("Grid", "Center_Single", {.5, .5, 1, 1});
constexpr ComponentLayout kFour = {
    "Grid", "Distribute_Four",
    4,      {{{.25, .25, .5, .5}, {.25, .75, .5, .5}, {.75, .25, .5, .5}, {.75, .75, .5, .5}}},
    false,  0};
constexpr ComponentLayout kNine = {"Grid",
                                   "Distribute_Nine",
                                   9,
                                   {{{.16, .16, .33, .33},
                                     {.16, .5, .33, .33},
                                     {.16, .83, .33, .33},
                                     {.5, .16, .33, .33},
                                     {.5, .5, .33, .33},
                                     {.5, .83, .33, .33},
                                     {.83, .16, .33, .33},
                                     {.83, .5, .33, .33},
                                     {.83, .83, .33, .33}}},
                                   false,
                                   0};
constexpr ComponentLayout kLeft = single("Left", "Left_Center_Single", {.5, .25, .5, .5});
constexpr ComponentLayout kRight = single("Right", "Right_Center_Single", {.5, .75, .5, .5});
constexpr ComponentLayout kUp = single("Up", "Up_Center_Single", {.25, .5, .5, .5});
constexpr ComponentLayout kDown = single("Down", "Down_Center_Single", {.75, .5, .5, .5});
constexpr ComponentLayout kOut = {"Out", "Out_Center_Single", 1, {{{.5, .5, 1, 1}}}, true, 3};
constexpr ComponentLayout kIn = single("In", "In_Center_Single", {.5, .5, .33, .33});
constexpr ComponentLayout kInFour = {
    "In",
    "In_Distribute_Four",
    4,
    {{{.42, .42, .15, .15}, {.42, .58, .15, .15}, {.58, .42, .15, .15}, {.58, .58, .15, .15}}},
    false,
    2};

constexpr ConfigurationInfo kInfo[kConfigurations] = {
    {"center_single", "Center", "Singleton", 1, {kCenter}},
    {"distribute_four", "2x2Grid", "Singleton", 1, {kFour}},
    {"distribute_nine", "3x3Grid", "Singleton", 1, {kNine}},
    {"left_center_single_right_center_single", "L-R", "Left_Right", 2, {kLeft, kRight}},
    {"up_center_single_down_center_single", "U-D", "Up_Down", 2, {kUp, kDown}},
    {"in_center_single_out_center_single", "O-IC", "Out_In", 2, {kOut, kIn}},
    {"in_distribute_four_out_center_single", "O-IG", "Out_In", 2, {kOut, kInFour}},
};

}  // namespace

const ConfigurationInfo& info(Configuration configuration) {
  return kInfo[static_cast<int>(configuration)];
}

std::vector<Configuration> all_configurations() {
  std::vector<Configuration> all;
  for (int index = 0; index < kConfigurations; ++index) {
    all.push_back(static_cast<Configuration>(index));
  }
  return all;
}

Configuration parse_configuration(std::string_view name) {
  std::vector<std::string> names;
  for (const Configuration configuration : all_configurations()) {
    const ConfigurationInfo& entry = info(configuration);
    if (name == entry.folder || name == entry.paper_name) return configuration;
    names.push_back(entry.folder);
  }
  throw Error(ErrorCode::config,
              "configuration '" + std::string(name) + "' is unknown, needed one of " + join(names),
              did_you_mean(name, names));
}

}  // namespace modhost::raven
