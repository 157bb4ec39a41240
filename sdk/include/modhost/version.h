// The version of the SDK. The number of the ABI changes whenever a class that plugins derive from
// or receive changes its layout; the version follows semantic versioning.
#pragma once

#define MODHOST_SDK_ABI 1
#define MODHOST_SDK_VERSION "0.1.0"
