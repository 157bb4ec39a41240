// The layer kinds that come with the SDK. Parameter names and default initialisation are those of
// PyTorch, so state dicts carry over by name; Layer::set_init() takes others.
//
// Inputs are [E*b, ...] throughout: the batch is dimension 0, also of sequences.
#pragma once

#include "modhost/nn_attention.h"
#include "modhost/nn_conv.h"
#include "modhost/nn_embedding.h"
#include "modhost/nn_linear.h"
#include "modhost/nn_norm.h"
#include "modhost/nn_recurrent.h"
#include "modhost/nn_simple.h"
