#define MODHOST_ISA avx512
#include "cluster_kernels_impl.h"
