// One GET of one URL into a part of a file, by libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "modhost/progress.h"
#include "part_file.h"

namespace modhost::core {

struct TransferLimits {
  double connect_seconds = 30;
  int stall_seconds = 30;    // fewer than 100 bytes a second for so long: given up
  double pause_seconds = 1;  // before going on when a connection broke
};

struct TransferRequest {
  std::string url;
  int64_t bytes = 0;    // of the whole file; 0: unknown
  bool hashed = false;  // its hash is compared when it is whole
  TransferLimits limits{};
  // The bytes of the file that are there, and of all of it (0: unknown).
  std::function<void(int64_t done, int64_t total)> moved{};
};

enum class TransferEnd {
  complete,
  broken,   // another try may bring more
  refused,  // this URL is of no use
};

struct TransferResult {
  TransferEnd end = TransferEnd::complete;
  std::string reason{};  // "HTTP 404"
};

// Goes on behind what `part` holds when the server can and it is sure to be the same file: when its
// hash is known, or the server says so (If-Range); else starts anew. http and https only, also
// after redirects, and https stays https. Error(io) when the disk refuses, Error(interrupted) on
// `stop`.
TransferResult transfer(const TransferRequest& request, PartFile& part,
                        const modhost::StopSignal& stop);

// "example.org", "127.0.0.1:8000"; the URL itself when it is none.
std::string host_of(const std::string& url);

}  // namespace modhost::core
