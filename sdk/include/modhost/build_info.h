// The fingerprint of a build: everything about compiler, libraries and flags that decides whether
// two binaries can exchange tensors, strings and virtual classes.
//
// MODHOST_BUILD_TEXT is one string literal, "MODHOST-BUILD{key=value;...}". Each plugin holds it in
// its read-only data (modhost_add_plugin() writes the source file), so the host reads it from the
// file without running anything. It holds no time and no path: equal builds have equal text.
// Most values come from the preprocessor of the file that includes this header; the build system
// adds what only it knows: MODHOST_TORCH_FLAVOUR, MODHOST_BUILD_TYPE, MODHOST_SOURCE and
// MODHOST_SDK_HEADERS, a digest of the headers.
#pragma once

#include <torch/version.h>

#include <cstddef>  // the macros of the standard library

#include "modhost/version.h"

#define MODHOST_TEXT_OF(value) #value
#define MODHOST_TEXT(value) MODHOST_TEXT_OF(value)

#ifndef MODHOST_TORCH_FLAVOUR
#define MODHOST_TORCH_FLAVOUR "cpu"
#endif
#ifndef MODHOST_BUILD_TYPE
#define MODHOST_BUILD_TYPE "unknown"
#endif
#ifndef MODHOST_SDK_HEADERS
#define MODHOST_SDK_HEADERS "unknown"
#endif
#ifndef MODHOST_SOURCE
#define MODHOST_SOURCE "unknown"
#endif
#define MODHOST_BUILD_TORCH                               \
  MODHOST_TEXT(TORCH_VERSION_MAJOR)                       \
  "." MODHOST_TEXT(TORCH_VERSION_MINOR) "." MODHOST_TEXT( \
      TORCH_VERSION_PATCH) "+" MODHOST_TORCH_FLAVOUR

// Standard library.
#if defined(__GLIBCXX__)
#define MODHOST_BUILD_STDLIB "libstdcxx"
#define MODHOST_BUILD_CXX11ABI MODHOST_TEXT(_GLIBCXX_USE_CXX11_ABI)
#elif defined(_LIBCPP_VERSION)
#define MODHOST_BUILD_STDLIB "libcxx"
#define MODHOST_BUILD_CXX11ABI "1"
#else
#define MODHOST_BUILD_STDLIB "unknown"
#define MODHOST_BUILD_CXX11ABI "unknown"
#endif
#if defined(_GLIBCXX_DEBUG)
#define MODHOST_BUILD_DEBUG_STL "1"
#else
#define MODHOST_BUILD_DEBUG_STL "0"
#endif

// Flags that change the code at the boundary.
#if defined(__SANITIZE_ADDRESS__)
#define MODHOST_BUILD_SANITIZERS "address"
#elif defined(__SANITIZE_THREAD__)
#define MODHOST_BUILD_SANITIZERS "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MODHOST_BUILD_SANITIZERS "address"
#elif __has_feature(thread_sanitizer)
#define MODHOST_BUILD_SANITIZERS "thread"
#endif
#endif
#ifndef MODHOST_BUILD_SANITIZERS
#define MODHOST_BUILD_SANITIZERS "none"
#endif
#if defined(__GXX_RTTI) || defined(__cpp_rtti)
#define MODHOST_BUILD_RTTI "1"
#else
#define MODHOST_BUILD_RTTI "0"
#endif
#if defined(__EXCEPTIONS) || defined(__cpp_exceptions)
#define MODHOST_BUILD_EXCEPTIONS "1"
#else
#define MODHOST_BUILD_EXCEPTIONS "0"
#endif

// Machine and system.
#if defined(__x86_64__)
#define MODHOST_BUILD_ARCH "x86_64"
#elif defined(__aarch64__)
#define MODHOST_BUILD_ARCH "aarch64"
#else
#define MODHOST_BUILD_ARCH "unknown"
#endif
#if defined(__linux__)
#define MODHOST_BUILD_OS "linux"
#else
#define MODHOST_BUILD_OS "unknown"
#endif
#if defined(__GLIBC__)
#define MODHOST_BUILD_LIBC "glibc"
#else
#define MODHOST_BUILD_LIBC "unknown"
#endif

// Instructions the compiler was allowed to use, each "name," or nothing; sse2 is part of x86_64.
#if defined(__SSE4_2__)
#define MODHOST_BUILD_ISA_SSE42 "sse4.2,"
#else
#define MODHOST_BUILD_ISA_SSE42
#endif
#if defined(__AVX__)
#define MODHOST_BUILD_ISA_AVX "avx,"
#else
#define MODHOST_BUILD_ISA_AVX
#endif
#if defined(__FMA__)
#define MODHOST_BUILD_ISA_FMA "fma,"
#else
#define MODHOST_BUILD_ISA_FMA
#endif
#if defined(__BMI2__)
#define MODHOST_BUILD_ISA_BMI2 "bmi2,"
#else
#define MODHOST_BUILD_ISA_BMI2
#endif
#if defined(__AVX2__)
#define MODHOST_BUILD_ISA_AVX2 "avx2,"
#else
#define MODHOST_BUILD_ISA_AVX2
#endif
#if defined(__AVX512F__)
#define MODHOST_BUILD_ISA_AVX512F "avx512f,"
#else
#define MODHOST_BUILD_ISA_AVX512F
#endif
#define MODHOST_BUILD_ISA                                                                    \
  MODHOST_BUILD_ISA_SSE42 MODHOST_BUILD_ISA_AVX MODHOST_BUILD_ISA_FMA MODHOST_BUILD_ISA_BMI2 \
      MODHOST_BUILD_ISA_AVX2 MODHOST_BUILD_ISA_AVX512F "base"

// Compiler.
#if defined(__clang__)
#define MODHOST_BUILD_COMPILER \
  "clang-" MODHOST_TEXT(__clang_major__) "." MODHOST_TEXT(__clang_minor__)
#elif defined(__GNUC__)
#define MODHOST_BUILD_COMPILER "gcc-" MODHOST_TEXT(__GNUC__) "." MODHOST_TEXT(__GNUC_MINOR__)
#else
#define MODHOST_BUILD_COMPILER "unknown"
#endif
#if __cplusplus >= 202002L
#define MODHOST_BUILD_CXXSTD "20"
#else
#define MODHOST_BUILD_CXXSTD "17"
#endif
#if !defined(_OPENMP)
#define MODHOST_BUILD_OPENMP "none"
#elif defined(__clang__)
#define MODHOST_BUILD_OPENMP "omp"
#else
#define MODHOST_BUILD_OPENMP "gomp"
#endif
#if defined(NDEBUG)
#define MODHOST_BUILD_NDEBUG "1"
#else
#define MODHOST_BUILD_NDEBUG "0"
#endif

#define MODHOST_BUILD_TEXT                                                                     \
  "MODHOST-BUILD{sdk_abi=" MODHOST_TEXT(                                                       \
      MODHOST_SDK_ABI) ";sdk_version=" MODHOST_SDK_VERSION ";sdk_headers=" MODHOST_SDK_HEADERS \
                       ";torch=" MODHOST_BUILD_TORCH ";cxx11abi=" MODHOST_BUILD_CXX11ABI       \
                       ";stdlib=" MODHOST_BUILD_STDLIB ";debug_stl=" MODHOST_BUILD_DEBUG_STL   \
                       ";sanitizers=" MODHOST_BUILD_SANITIZERS ";rtti=" MODHOST_BUILD_RTTI     \
                       ";exceptions=" MODHOST_BUILD_EXCEPTIONS ";arch=" MODHOST_BUILD_ARCH     \
                       ";os=" MODHOST_BUILD_OS ";libc=" MODHOST_BUILD_LIBC                     \
                       ";isa=" MODHOST_BUILD_ISA ";compiler=" MODHOST_BUILD_COMPILER           \
                       ";cxxstd=" MODHOST_BUILD_CXXSTD ";openmp=" MODHOST_BUILD_OPENMP         \
                       ";build_type=" MODHOST_BUILD_TYPE ";ndebug=" MODHOST_BUILD_NDEBUG       \
                       ";source=" MODHOST_SOURCE ";}"

namespace modhost {
inline namespace v1 {

// MODHOST_BUILD_TEXT as libmodhost_sdk was built: the host's own fingerprint.
const char* sdk_build_text();

}  // namespace v1
}  // namespace modhost
