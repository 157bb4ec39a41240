#define MODHOST_ISA avx512
#include "pool_kernels_impl.h"
