// The builds that the results of a run depend on.
#pragma once

#include "component_source.h"
#include "environment.h"

namespace modhost::core {

// The host's version, the fingerprint of the SDK's build, the content of libmodhost_sdk, LibTorch,
// and each plugin that was loaded with the content of its file.
Environment::Entries builds(const ComponentSource& source);

}  // namespace modhost::core
