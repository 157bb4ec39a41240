#define MODHOST_ISA generic
#include "norm_kernels_impl.h"
