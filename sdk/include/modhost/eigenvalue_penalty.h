// How far a graph of units is from falling apart, as a number that can be minimised.
#pragma once

#include <cstdint>

#include "modhost/tensor.h"
#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {

// The mean of the eigenvalues 2 .. eigenvalues + 1, counted from the smallest, of the symmetric
// normalised Laplacian I - D^-1/2 A D^-1/2: a scalar, double. 0: the graph falls into
// eigenvalues + 1 parts without any edge between them. Units in connected parts that lack a unit of
// the first or of the last group are left out before; a graph with less than 2 units left has 0.
//
// Differentiable in the blocks' weights, which here may have any device and type and require
// gradients: d/dA_mn = (-2 P_mn s_m s_n + c_m + c_n) / eigenvalues for the edge between m and n
// with P = sum_k u_k u_k^T, s = d^-1/2, c_m = sum_k (1 - l_k) u_k(m)^2 / d_m, d the degrees, l_k
// and u_k eigenvalues and eigenvectors; exact while the last eigenvalue differs from the next. The
// published code took half of it, or a wrong index. What was left out has the gradient 0.
Tensor eigenvalue_penalty(const UnitGraph& graph, int64_t eigenvalues);

}  // namespace v1
}  // namespace modhost
