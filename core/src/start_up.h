// Settings of the process that must stand before LibTorch is loaded.
#pragma once

namespace modhost::core {

// - Idle OpenMP threads must sleep: libgomp's default of spinning takes the cores from OpenBLAS'
//   threads, and a training step takes twice as long. libgomp reads OMP_WAIT_POLICY when it is
//   loaded; a value that the user has set stays.
// - OpenBLAS knows CPUs by their model numbers, and 0.3.21 takes those that it does not know, and
// all
//   of AMD, for ones without AVX-512. With the kernels for these one core of a Xeon of 2023
//   multiplies at 72 instead of 110 GFLOP/s. So OpenBLAS is told what the CPU can do; an
//   OPENBLAS_CORETYPE that is set stays.
// - The allocator keeps big blocks: returning them to the system and faulting them in again costs
//   more than the arithmetic on them.
// - A file that grows beyond a limit is an error of the write, not the end of the process.
void prepare_process();

}  // namespace modhost::core
