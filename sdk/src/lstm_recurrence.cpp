#include "lstm_recurrence.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "held.h"
#include "lstm_kernels.h"
#include "masked_linear.h"
#include "recurrent_matrix.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the two passes share. The rows of a thread go through all steps without meeting the others.
struct Steps {
  std::shared_ptr<const RecurrentMatrix> matrix;
  int64_t rows, steps, units;
  const int64_t* lengths;  // or null

  bool active(int64_t row, int64_t step) const { return lengths == nullptr || step < lengths[row]; }
  int64_t at(int64_t row, int64_t step) const { return row * steps + step; }

  // Calls work(part, first row, rows) for each run of rows of one part within begin .. end.
  template <typename F>
  void for_parts(int64_t begin, int64_t end, const F& work) const {
    const int64_t of_part = rows / matrix->parts();
    for (int64_t row = begin; row < end;) {
      const int64_t part = row / of_part, last = std::min(end, (part + 1) * of_part);
      work(part, row, last - row);
      row = last;
    }
  }
};

// Results and what backward needs: gates [N, T, 4H] and cells [N, T, H] of every step.
struct ForwardBuffers {
  const float *projected, *c0;
  float *gates, *cells, *y, *h, *c;  // h: the initial state on entry, the last on return
};

void forward_rows(const Steps& s, const ForwardBuffers& b, int64_t begin, int64_t end) {
  const int64_t units = s.units, width = strip_room(4 * units);
  std::vector<float> sums((end - begin) * width);
  const LstmKernels& kernels = lstm_kernels();
  for (int64_t step = 0; step < s.steps; ++step) {
    for (int64_t row = begin; row < end; ++row) {
      std::copy_n(b.projected + s.at(row, step) * 4 * units, 4 * units,
                  sums.data() + (row - begin) * width);
    }
    for (int64_t strip = 0; strip < s.matrix->forward_strips(); ++strip) {
      s.for_parts(begin, end, [&](int64_t part, int64_t row, int64_t count) {
        s.matrix->add_forward(part, strip, count, b.h + row * units, units,
                              sums.data() + (row - begin) * width, width);
      });
    }
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = s.at(row, step);
      const float* before = step == 0 ? b.c0 + row * units : b.cells + (at - 1) * units;
      if (!s.active(row, step)) {
        std::copy_n(before, units, b.cells + at * units);
        std::fill_n(b.y + at * units, units, 0.0F);
        continue;
      }
      kernels.forward(units, sums.data() + (row - begin) * width, before, b.gates + at * 4 * units,
                      b.cells + at * units, b.y + at * units);
      std::copy_n(b.y + at * units, units, b.h + row * units);
    }
  }
  for (int64_t row = begin; row < end; ++row) {
    const float* last =
        s.steps == 0 ? b.c0 + row * units : b.cells + s.at(row, s.steps - 1) * units;
    std::copy_n(last, units, b.c + row * units);
  }
}

struct BackwardBuffers {
  const float *gates, *cells, *c0, *gy;
  float* dsums;     // [N, T, 4H]
  float *dh0, *dc;  // gradients of the last state on entry, of the initial one on return
};

void backward_rows(const Steps& s, const BackwardBuffers& b, int64_t begin, int64_t end) {
  const int64_t units = s.units, width = strip_room(units);
  std::vector<float> carried((end - begin) * width), dh(units);
  for (int64_t row = begin; row < end; ++row) {
    std::copy_n(b.dh0 + row * units, units, carried.data() + (row - begin) * width);
  }
  const LstmKernels& kernels = lstm_kernels();
  for (int64_t step = s.steps - 1; step >= 0; --step) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = s.at(row, step);
      float* dsums = b.dsums + at * 4 * units;
      if (!s.active(row, step)) {
        std::fill_n(dsums, 4 * units, 0.0F);
        continue;
      }
      float* later = carried.data() + (row - begin) * width;
      for (int64_t u = 0; u < units; ++u) dh[u] = b.gy[at * units + u] + later[u];
      std::fill_n(later, width, 0.0F);
      const float* before = step == 0 ? b.c0 + row * units : b.cells + (at - 1) * units;
      kernels.backward(units, b.gates + at * 4 * units, before, b.cells + at * units, dh.data(),
                       b.dc + row * units, dsums);
    }
    for (int64_t strip = 0; strip < s.matrix->backward_strips(); ++strip) {
      s.for_parts(begin, end, [&](int64_t part, int64_t row, int64_t count) {
        s.matrix->add_backward(part, strip, count, b.dsums + s.at(row, step) * 4 * units,
                               s.steps * 4 * units, carried.data() + (row - begin) * width, width);
      });
    }
  }
  for (int64_t row = begin; row < end; ++row) {
    std::copy_n(carried.data() + (row - begin) * width, units, b.dh0 + row * units);
  }
}

template <typename F>
void for_rows(int64_t rows, const F& work) {
  constexpr int64_t kFewest = 8;  // rows of a thread: fewer leave the products idle
  at::parallel_for(0, rows, kFewest, work);
}

const int64_t* data_or_null(const Tensor& lengths) {
  return lengths.defined() ? lengths.data_ptr<int64_t>() : nullptr;
}

// What is no input that could be differentiated.
struct Recipe {
  Steps steps;
  Tensor lengths;         // whose numbers `steps` refers to
  Tensor frozen;          // the weight [4H, H] under sampled masks, else undefined
  MaskSampling sampling;  // of the masks
};

class LstmRecurrence : public torch::autograd::Function<LstmRecurrence> {
 public:
  // `trained`: weights [4H, H] or [E, 4H, H], or the logits [S, 4H, H] of the masks of a frozen
  // one.
  static variable_list forward(AutogradContext* context, const Tensor& projected, const Tensor& h0,
                               const Tensor& c0, const Tensor& trained, const Recipe& recipe) {
    const Steps& s = recipe.steps;
    const Tensor h = h0.clone(), c = torch::empty_like(c0);
    const Tensor gates = torch::empty_like(projected);
    const Tensor cells = projected.new_empty({s.rows, s.steps, s.units});
    const Tensor y = torch::empty_like(cells);
    const ForwardBuffers buffers{projected.data_ptr<float>(), c0.data_ptr<float>(),
                                 gates.data_ptr<float>(),     cells.data_ptr<float>(),
                                 y.data_ptr<float>(),         h.data_ptr<float>(),
                                 c.data_ptr<float>()};
    for_rows(s.rows, [&](int64_t begin, int64_t end) { forward_rows(s, buffers, begin, end); });
    context->save_for_backward({gates, cells, y, h0, c0, trained});
    hold(context, "recipe", recipe);
    return {y, h, c};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &gates = saved[0], &cells = saved[1], &y = saved[2], &h0 = saved[3];
    const Tensor &c0 = saved[4], &trained = saved[5];
    const Recipe& recipe = held<Recipe>(context, "recipe");
    const auto given = [](const Tensor& gradient, const Tensor& like) {
      return gradient.defined() ? gradient.contiguous() : torch::zeros_like(like);
    };
    const Tensor gy = given(gradients[0], y);
    const Tensor dh = given(gradients[1], h0).clone(), dc = given(gradients[2], c0).clone();
    const Tensor dsums = torch::empty_like(gates);
    const BackwardBuffers buffers{gates.data_ptr<float>(), cells.data_ptr<float>(),
                                  c0.data_ptr<float>(),    gy.data_ptr<float>(),
                                  dsums.data_ptr<float>(), dh.data_ptr<float>(),
                                  dc.data_ptr<float>()};
    for_rows(recipe.steps.rows,
             [&](int64_t begin, int64_t end) { backward_rows(recipe.steps, buffers, begin, end); });
    const Tensor none;
    variable_list out{dsums, dh, dc, none, none};
    if (!context->needs_input_grad(3)) return out;
    if (recipe.frozen.defined()) {
      out[3] = torch::empty_like(trained);
      masked_linear_backward(before(y, h0), recipe.frozen, trained, recipe.sampling, flat(dsums),
                             none, out[3], none);
    } else {
      out[3] = weight_gradient(trained, before(y, h0), flat(dsums));
    }
    return out;
  }

 private:
  static Tensor flat(const Tensor& steps) { return steps.view({-1, steps.size(2)}); }

  // The state that every step began with: [N*T, H].
  static Tensor before(const Tensor& y, const Tensor& h0) {
    return torch::cat({h0.unsqueeze(1), y.narrow(1, 0, y.size(1) - 1)}, 1).view({-1, y.size(2)});
  }

  static Tensor weight_gradient(const Tensor& weight, const Tensor& before, const Tensor& dsums) {
    if (weight.dim() == 2) return torch::mm(dsums.t(), before);
    const int64_t parts = weight.size(0);
    return torch::bmm(dsums.view({parts, -1, dsums.size(1)}).transpose(1, 2),
                      before.view({parts, -1, before.size(1)}));
  }
};

}  // namespace

bool can_fuse_lstm(const Tensor& projected, const WeightView& w_hh) {
  return projected.is_cpu() && projected.scalar_type() == torch::kFloat && projected.size(1) > 0 &&
         w_hh.weight().is_cpu() && w_hh.weight().scalar_type() == torch::kFloat;
}

ops::RecurrentResult lstm_recurrence(const Tensor& projected, const Tensor& h0, const Tensor& c0,
                                     const WeightView& w_hh, const Tensor& lengths) {
  Recipe recipe;
  recipe.lengths = lengths;
  recipe.steps = {nullptr, projected.size(0), projected.size(1), h0.size(1), data_or_null(lengths)};
  Tensor trained;
  const SampledMask* mask = as_sampled_mask(w_hh);
  if (mask != nullptr && can_fuse(projected, w_hh.weight(), mask->logits(), mask->sampling())) {
    recipe.frozen = w_hh.weight().contiguous();
    recipe.sampling = mask->sampling();
    trained = mask->logits().contiguous();
    recipe.steps.matrix =
        std::make_shared<const RecurrentMatrix>(recipe.frozen, trained, recipe.sampling);
  } else {
    trained = w_hh.tensor().contiguous();
    recipe.steps.matrix = std::make_shared<const RecurrentMatrix>(trained);
  }
  const variable_list out = LstmRecurrence::apply(projected.contiguous(), h0.contiguous(),
                                                  c0.contiguous(), trained, recipe);
  return {out[0], out[1], out[2]};
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
