#define MODHOST_ISA generic
#include "cluster_kernels_impl.h"
