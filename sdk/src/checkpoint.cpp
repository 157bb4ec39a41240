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

// Numbers, or the numbers of several networks: pairs of a name and a value or a list of values.
template <typename Named>
Json pairs_json(const Named& pairs) {
  Json out = Json::array();
  for (const auto& [name, value] : pairs) out.push_back({name, value});
  return out;
}

template <typename Named>
Named pairs_from(const Json& json) {
  using Value = typename Named::value_type::second_type;
  Named out;
  for (const Json& pair : json) {
    out.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<Value>());
  }
  return out;
}

Json course_json(const Course& course) {
  return {{"best_score", course.best_score},
          {"best_epoch", course.best_epoch},
          {"stopped_after", course.stopped_after},
          {"last", pairs_json(course.last)}};
}

Course course_from(const Json& json) {
  return {json.at("best_score").get<double>(), json.at("best_epoch").get<int64_t>(),
          json.at("stopped_after").get<int64_t>(), pairs_from<Numbers>(json.at("last"))};
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  Json networks = Json::array();
  for (const Course& course : checkpoint.networks) networks.push_back(course_json(course));
  const Json state{{"plan", checkpoint.plan},
                   {"step", checkpoint.step},
                   {"finished", checkpoint.finished},
                   {"ended_epoch", checkpoint.ended_epoch},
                   {"networks", networks},
                   {"sums", pairs_json(checkpoint.sums)},
                   {"summed", checkpoint.summed}};
  NamedTensors all;
  append(all, "trained/", checkpoint.trained);
  append(all, "also_saved/", checkpoint.also_saved);
  append(all, "optimizer/", checkpoint.optimizer);
  append(all, "best/", checkpoint.best);
  append(all, "stopped/", checkpoint.stopped);
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
    out.ended_epoch = state.at("ended_epoch").get<int64_t>();
    for (const Json& course : state.at("networks")) out.networks.push_back(course_from(course));
    out.sums = pairs_from<NetworkNumbers>(state.at("sums"));
    out.summed = state.at("summed").get<int64_t>();
  } catch (const std::exception&) {
    throw Error(ErrorCode::data, "'" + path.string() + "' is no checkpoint of modhost",
                "remove the file to train this stage anew");
  }
  out.trained = taken(all, "trained/");
  out.also_saved = taken(all, "also_saved/");
  out.optimizer = taken(all, "optimizer/");
  out.best = taken(all, "best/");
  out.stopped = taken(all, "stopped/");
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
