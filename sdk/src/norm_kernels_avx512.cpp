#define MODHOST_ISA avx512
#include "norm_kernels_impl.h"
