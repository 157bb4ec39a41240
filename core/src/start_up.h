// Settings of the process that must stand before LibTorch is loaded.
#pragma once

namespace modhost::core {

// Idle OpenMP threads must sleep: libgomp's default of spinning takes the cores from the threads of
// OpenBLAS, and a training step takes twice as long. libgomp reads OMP_WAIT_POLICY when it is
// loaded; a value that the user has set stays. And the allocator is told to keep big blocks:
// returning them to the system and faulting them in again costs more than the arithmetic on them.
// A file that grows beyond a limit is an error of the write, not the end of the process.
void prepare_process();

}  // namespace modhost::core
