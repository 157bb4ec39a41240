// results.json: what came out of a run, for programs.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace modhost::core {

inline constexpr const char* kFinished = "finished";
inline constexpr const char* kInterrupted = "interrupted";  // `modhost resume` goes on
inline constexpr const char* kFailed = "failed";

// Scalars of methods that judge a network.
inline constexpr const char* kAccuracy = "test/accuracy";
inline constexpr const char* kLoss = "test/loss";

struct Results {
  std::string status;
  std::string command;  // of the run's first start
  std::string fingerprint;
  std::string config_hash;
  std::string model;
  std::string dataset;
  std::string method;
  std::vector<std::string> notes;  // of the model
  std::map<std::string, double> scalars;
  std::vector<std::string> headlines;         // names of the scalars that sum the run up
  std::map<std::string, std::string> tables;  // name -> file, relative to the run's folder
};

// Pretty-printed; numbers with the digits that read back as the same double.
std::string to_json(const Results& results);

// The same on one line, with "event": "results" and the folder in front: the last line of --json.
std::string results_event(const std::string& results_json, const std::string& folder);

// Status, names of the components, scalars, headlines and tables of a results.json; those that it
// lacks are empty.
Results parse_results(const std::string& text);

// The status, or "" when `text` is no results.json.
std::string status_of_results(const std::string& text);

}  // namespace modhost::core
