// The published text files: "IN: jump twice OUT: I_JUMP I_JUMP", one command a line.
#pragma once

#include <modhost/data_files.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "command.h"
#include "division.h"

namespace modhost_scan {

// simple_split/tasks_train_simple.txt and so on below `folder`, or the file directly in it.
// Error(data) when there is neither.
std::filesystem::path official_file(const std::filesystem::path& folder, Division division,
                                    bool train);

// The same for the host, whether it is there or not: under the name it has there, else
// "simple_split/tasks_train_simple.txt", with its address.
modhost::DataFile data_file(const std::filesystem::path& folder, Division division, bool train);

// Every line is checked against the grammar. Error(data) names the file and the line.
std::vector<Command> parse_commands(std::string_view text, const std::string& file);

// Error(data) also when the number of commands is not the published one.
std::vector<Command> read_part(const std::filesystem::path& folder, Division division, bool train);

// Writes the file that official_file() finds.
void write_part(const std::filesystem::path& folder, Division division, bool train,
                const std::vector<Command>& commands);

}  // namespace modhost_scan
