#define MODHOST_ISA generic
#include "pool_kernels_impl.h"
