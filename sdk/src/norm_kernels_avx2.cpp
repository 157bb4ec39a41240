#define MODHOST_ISA avx2
#include "norm_kernels_impl.h"
