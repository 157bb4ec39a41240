#include "checkpoint.h"

#include <nlohmann/json.hpp>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/state_file.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using Json = nlohmann::ordered_json;

void append(NamedTensors& all, const std::string& prefix, const NamedTensors& part) {
  for (const auto& [name, tensor] : part) all.emplace_back(prefix + name, tensor);
}

NamedTensors taken(const NamedTensors& all, const std::string& prefix) {
  NamedTensors part;
  for (const auto& [name, tensor] : all) {
    if (name.rfind(prefix, 0) == 0) part.emplace_back(name.substr(prefix.size()), tensor);
  }
  return part;
}

Json numbers_json(const Numbers& numbers) {
  Json out = Json::array();
  for (const auto& [name, value] : numbers) out.push_back({name, value});
  return out;
}

Numbers numbers_from(const Json& json) {
  Numbers out;
  for (const Json& pair : json) {
    out.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<double>());
  }
  return out;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const Json state{{"plan", checkpoint.plan},
                   {"step", checkpoint.step},
                   {"finished", checkpoint.finished},
                   {"best_score", checkpoint.best_score},
                   {"best_epoch", checkpoint.best_epoch},
                   {"validated_epoch", checkpoint.validated_epoch},
                   {"sums", numbers_json(checkpoint.sums)},
                   {"summed", checkpoint.summed},
                   {"last", numbers_json(checkpoint.last)}};
  NamedTensors all;
  append(all, "trained/", checkpoint.trained);
  append(all, "also_saved/", checkpoint.also_saved);
  append(all, "optimizer/", checkpoint.optimizer);
  append(all, "best/", checkpoint.best);
  make_folder(path.parent_path());
  save_safetensors(path, all, {{"modhost.checkpoint", state.dump()}});
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  Metadata metadata;
  const NamedTensors all = load_safetensors(path, &metadata);
  Checkpoint out;
  try {
    const Json state = Json::parse(metadata.at("modhost.checkpoint"));
    out.plan = state.at("plan").get<std::string>();
    out.step = state.at("step").get<int64_t>();
    out.finished = state.at("finished").get<bool>();
    out.best_score = state.at("best_score").get<double>();
    out.best_epoch = state.at("best_epoch").get<int64_t>();
    out.validated_epoch = state.at("validated_epoch").get<int64_t>();
    out.sums = numbers_from(state.at("sums"));
    out.summed = state.at("summed").get<int64_t>();
    out.last = numbers_from(state.at("last"));
  } catch (const std::exception&) {
    throw Error(ErrorCode::data, "'" + path.string() + "' is no checkpoint of modhost",
                "remove the file to train this stage anew");
  }
  out.trained = taken(all, "trained/");
  out.also_saved = taken(all, "also_saved/");
  out.optimizer = taken(all, "optimizer/");
  out.best = taken(all, "best/");
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
