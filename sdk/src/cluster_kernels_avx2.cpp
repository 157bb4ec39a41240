#define MODHOST_ISA avx2
#include "cluster_kernels_impl.h"
