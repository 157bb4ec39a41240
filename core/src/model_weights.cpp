#include "model_weights.h"

#include <fmt/format.h>

#include "hash.h"
#include "modhost/error.h"

namespace modhost::core {

bool is_weights_path(const std::string& model_key) {
  return model_key == "weights" || model_key == "mask";
}

void note_content(WeightsOptions& options) {
  if (options.weights().empty()) return;
  std::string hashes;
  for (const auto* option : {&options.weights, &options.mask}) {
    if ((*option)().empty()) continue;
    const std::string hash = content_hash((*option)());
    if (hash.empty() && !options.weights_hash().empty()) return;
    check(!hash.empty(), ErrorCode::config,
          fmt::format("option 'model.{}': cannot read '{}'", option->name(), (*option)()));
    hashes += hash;
  }
  const std::string hash = hash_text(hashes);
  const std::string& noted = options.weights_hash();
  check(noted.empty() || noted == hash, ErrorCode::config,
        fmt::format("option 'model.weights_hash': the content of '{}'{} has the hash {}, not {}",
                    options.weights(), options.mask().empty() ? "" : " and the mask", hash, noted),
        "the file is another one, or was changed since; to begin with it as it is leave out "
        "weights_hash");
  options.weights_hash.set(hash);
}

}  // namespace modhost::core
