// Fetches what a dataset reads and what is not there.
#pragma once

#include <vector>

#include "data_check.h"
#include "modhost/data_files.h"
#include "transfer.h"

namespace modhost::core {

struct FileOutcome {
  FileReport report;     // of what is there now
  bool fetched = false;  // just now
};

// In the order of `files.list`: what is missing or wrong (as far as `depth` looks) is fetched from
// its URLs in turn, and takes its name when size and SHA-256 are right. Files without URLs are left
// as they are. Error(data) with the hosts and their reasons when a file cannot be had; what came of
// it stays and is continued next time, unless it is wrong. Error(io) when the disk refuses.
std::vector<FileOutcome> fetch_files(const modhost::DataFiles& files, Depth depth,
                                     const TransferLimits& limits, const Watch& watch);

}  // namespace modhost::core
