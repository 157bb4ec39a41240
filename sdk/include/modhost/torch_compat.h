// The one place that knows which LibTorch this is: 1.13.1 is the floor, 2.x works as well.
#pragma once

#include <torch/version.h>
