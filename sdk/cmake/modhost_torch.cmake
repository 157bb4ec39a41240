# The target modhost_torch: LibTorch with the flags that its headers need. at::parallel_for is inline
# and serial unless the including file is compiled with OpenMP.
find_package(Torch 1.13 REQUIRED)  # Debian's 1.13.1 calls itself 1.13.0
find_package(OpenMP REQUIRED COMPONENTS CXX)
if(NOT TARGET modhost_torch)
  add_library(modhost_torch INTERFACE)
  target_link_libraries(modhost_torch INTERFACE ${TORCH_LIBRARIES} OpenMP::OpenMP_CXX)
endif()
