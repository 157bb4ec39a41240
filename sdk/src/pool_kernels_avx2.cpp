#define MODHOST_ISA avx2
#include "pool_kernels_impl.h"
