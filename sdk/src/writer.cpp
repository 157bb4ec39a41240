#include "modhost/writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/state_file.h"

namespace modhost {
inline namespace v1 {
namespace {

using Json = nlohmann::ordered_json;

// The whole lines of the file, which must be JSON objects with stage and step.
std::vector<std::pair<std::string, int64_t>> lines_there(const std::string& text,
                                                         const std::filesystem::path& path) {
  std::vector<std::pair<std::string, int64_t>> out;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    if (end == std::string::npos) break;
    const Json line = Json::parse(text.begin() + static_cast<ptrdiff_t>(start),
                                  text.begin() + static_cast<ptrdiff_t>(end), nullptr, false);
    check(line.is_object() && line.contains("stage") && line["stage"].is_string() &&
              line.contains("step") && line["step"].is_number_integer(),
          ErrorCode::data,
          "'" + path.string() + "' holds a line that is no metrics object at byte " +
              std::to_string(start));
    out.emplace_back(line["stage"].get<std::string>(), line["step"].get<int64_t>());
    start = end + 1;
  }
  return out;
}

void make_parent(const std::filesystem::path& path) { make_folder(path.parent_path()); }

}  // namespace

RunWriter::RunWriter(std::filesystem::path folder) : folder_(std::move(folder)) {
  const std::filesystem::path path = folder_ / "metrics.jsonl";
  std::string text;
  if (std::filesystem::exists(path)) text = read_file(path);
  for (auto& there : lines_there(text, path)) metrics_there_.insert(std::move(there));
  const size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  metrics_file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (metrics_file_ < 0 || ::ftruncate(metrics_file_, static_cast<off_t>(whole)) != 0) {
    throw Error(ErrorCode::io, "cannot write '" + path.string() + "': " + strerror(errno));
  }
}

RunWriter::~RunWriter() {
  if (metrics_file_ >= 0) ::close(metrics_file_);
}

void RunWriter::scalar(const std::string& name, double value) {
  check(std::isfinite(value), ErrorCode::internal, "the result '" + name + "' is not finite");
  scalars_[name] = value;
}

void RunWriter::headline(const std::string& name, double value) {
  scalar(name, value);
  const bool known = std::find(headlines_.begin(), headlines_.end(), name) != headlines_.end();
  if (!known) headlines_.push_back(name);
}

void RunWriter::metrics(const std::string& stage, int64_t step, const Numbers& numbers) {
  metrics({{stage, numbers}}, step);
}

void RunWriter::metrics(const std::vector<std::pair<std::string, Numbers>>& stages, int64_t step) {
  std::string text;
  for (const auto& [stage, numbers] : stages) {
    if (!metrics_there_.emplace(stage, step).second) continue;
    Json line{{"stage", stage}, {"step", step}};
    for (const auto& [name, value] : numbers) line[name] = value;
    text += line.dump() + "\n";
  }
  if (text.empty()) return;
  const ssize_t written = ::write(metrics_file_, text.data(), text.size());
  check(written == static_cast<ssize_t>(text.size()), ErrorCode::io,
        "cannot write '" + (folder_ / "metrics.jsonl").string() +
            "': " + (written < 0 ? strerror(errno) : "no space left"));
}

void RunWriter::table(const std::string& name, const Table& table) {
  const std::string file = "tables/" + name + ".csv";
  make_parent(folder_ / file);
  write_file_atomically(folder_ / file, table.csv());
  tables_[name] = file;
}

void RunWriter::tensors(const std::string& name, const NamedTensors& tensors,
                        const std::map<std::string, std::string>& metadata) {
  make_parent(folder_ / name);
  save_npz(folder_ / (name + ".npz"), tensors);
  save_safetensors(folder_ / (name + ".safetensors"), tensors, metadata);
}

void RunWriter::show(const Table& table) { shown_.push_back({table, ""}); }
void RunWriter::say(const std::string& sentence) { shown_.push_back({Table{}, sentence}); }

}  // namespace v1
}  // namespace modhost
