#include "linear_parts.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "block_product.h"
#include "linear_parts_blas.h"
#include "path_choice.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kGrain = 1 << 17;  // multiplications that pay for a thread

constexpr int64_t kVector = 16;  // columns that a product takes at least

// C[m, n] = A B, any n from kVector on: the last columns are taken with some before them again, so
// that whole vectors end where the rows end.
void multiply_any(BlockProduct p) {
  const int64_t rest = p.n % kVector, n = p.n;
  p.n -= rest;
  multiply(p);
  if (rest == 0) return;
  p.n = kVector;
  p.b += n - kVector;
  p.c += n - kVector;
  multiply(p);
}

// to [columns, row] from [rows, columns], in squares of four that stay in registers.
void transpose(const float* from, int64_t rows, int64_t columns, float* to, int64_t row) {
  typedef float F4 __attribute__((vector_size(16)));
  typedef int I4 __attribute__((vector_size(16)));
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    int64_t c = 0;
    for (; c + 4 <= columns; c += 4) {
      F4 in[4], half[4];
      for (int i = 0; i < 4; ++i) std::memcpy(&in[i], from + (r + i) * columns + c, sizeof in[i]);
      for (int i = 0; i < 2; ++i) {
        half[2 * i] = __builtin_shuffle(in[2 * i], in[2 * i + 1], I4{0, 4, 1, 5});
        half[2 * i + 1] = __builtin_shuffle(in[2 * i], in[2 * i + 1], I4{2, 6, 3, 7});
      }
      for (int i = 0; i < 2; ++i) {
        const F4 first = __builtin_shuffle(half[i], half[i + 2], I4{0, 1, 4, 5});
        const F4 second = __builtin_shuffle(half[i], half[i + 2], I4{2, 3, 6, 7});
        std::memcpy(to + (c + 2 * i) * row + r, &first, sizeof first);
        std::memcpy(to + (c + 2 * i + 1) * row + r, &second, sizeof second);
      }
    }
    for (; c < columns; ++c) {
      for (int64_t i = r; i < r + 4; ++i) to[c * row + i] = from[i * columns + c];
    }
  }
  for (; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * row + r] = from[r * columns + c];
  }
}

struct Sizes {
  int64_t parts, rows, in, out;  // rows of one part
  Sizes(const Tensor& x, const Tensor& weight)
      : parts(weight.size(0)),
        rows(x.size(0) / weight.size(0)),
        in(weight.size(2)),
        out(weight.size(1)) {}
  bool by_blas() const { return !ops::own_products_pay(in, out); }
  int64_t work() const { return std::max<int64_t>(rows * in * out, 1); }
};

// Calls work(part) for each part, with threads where the products are large enough.
template <typename F>
void for_parts(const Sizes& s, const F& make_work) {
  const int64_t grain = std::max<int64_t>(1, kGrain / s.work());
  at::parallel_for(0, s.parts, grain, [&](int64_t begin, int64_t end) {
    auto work = make_work();
    for (int64_t part = begin; part < end; ++part) work(part);
  });
}

// Rows of `count` values, copied where they are too short for the products.
class Rows {
 public:
  Rows(int64_t rows, int64_t count) : rows_(rows), count_(count), row_(std::max(count, kVector)) {
    if (row_ != count_) values_.resize(static_cast<size_t>(rows * row_));
  }
  int64_t row() const { return row_; }
  // Where the products read rows that lie at `from`.
  const float* read(const float* from) {
    if (row_ == count_) return from;
    for (int64_t r = 0; r < rows_; ++r) {
      for (int64_t i = 0; i < count_; ++i) values_[r * row_ + i] = from[r * count_ + i];
    }
    return values_.data();
  }
  // Where they write rows that belong to `to`, and what to do then.
  float* at(float* to) { return row_ == count_ ? to : values_.data(); }
  void finish(float* to) const {
    if (row_ == count_) return;
    for (int64_t r = 0; r < rows_; ++r) {
      for (int64_t i = 0; i < count_; ++i) to[r * count_ + i] = values_[r * row_ + i];
    }
  }

 private:
  int64_t rows_, count_, row_;
  std::vector<float> values_;
};

class Forward {
 public:
  Forward(const Sizes& s, const float* x, const float* w, const float* b, float* y)
      : s_(s),
        x_(x),
        w_(w),
        b_(b),
        y_(y),
        sums_(s.rows, s.out),
        transposed_(static_cast<size_t>(s.in * sums_.row())) {}

  void operator()(int64_t part) {
    const int64_t row = sums_.row();
    transpose(w_ + part * s_.out * s_.in, s_.out, s_.in, transposed_.data(), row);
    float* y = y_ + part * s_.rows * s_.out;
    multiply_any({s_.rows, row, s_.in, x_ + part * s_.rows * s_.in, s_.in, 1, transposed_.data(),
                  row, sums_.at(y), row, false});
    sums_.finish(y);
    if (b_ == nullptr) return;
    const float* b = b_ + part * s_.out;
    for (int64_t r = 0; r < s_.rows; ++r) {
      for (int64_t o = 0; o < s_.out; ++o) y[r * s_.out + o] += b[o];
    }
  }

 private:
  const Sizes& s_;
  const float *x_, *w_, *b_;
  float* y_;
  Rows sums_;
  std::vector<float> transposed_;
};

// Any of gx, gw and gb may be null.
struct Gradients {
  float *x, *w, *b;
};

class Backward {
 public:
  Backward(const Sizes& s, const float* x, const float* w, const float* gy, const Gradients& to)
      : s_(s),
        x_(x),
        w_(w),
        gy_(gy),
        to_(to),
        weights_(s.out, s.in),
        inputs_(s.rows, s.in),
        input_sums_(s.rows, s.in),
        weight_sums_(s.out, s.in) {}

  void operator()(int64_t part) {
    const float* gy = gy_ + part * s_.rows * s_.out;
    if (to_.x != nullptr) of_inputs(part, gy);
    if (to_.w != nullptr) of_weights(part, gy);
    if (to_.b != nullptr) of_bias(part, gy);
  }

 private:
  void of_inputs(int64_t part, const float* gy) {
    const float* w = weights_.read(w_ + part * s_.out * s_.in);
    float* to = to_.x + part * s_.rows * s_.in;
    multiply_any({s_.rows, weights_.row(), s_.out, gy, s_.out, 1, w, weights_.row(),
                  input_sums_.at(to), weights_.row(), false});
    input_sums_.finish(to);
  }
  void of_weights(int64_t part, const float* gy) {
    const float* x = inputs_.read(x_ + part * s_.rows * s_.in);
    float* to = to_.w + part * s_.out * s_.in;
    multiply_any({s_.out, inputs_.row(), s_.rows, gy, 1, s_.out, x, inputs_.row(),
                  weight_sums_.at(to), inputs_.row(), false});
    weight_sums_.finish(to);
  }
  void of_bias(int64_t part, const float* gy) {
    float* to = to_.b + part * s_.out;
    std::fill_n(to, s_.out, 0.0F);
    for (int64_t r = 0; r < s_.rows; ++r) {
      for (int64_t o = 0; o < s_.out; ++o) to[o] += gy[r * s_.out + o];
    }
  }

  const Sizes& s_;
  const float *x_, *w_, *gy_;
  Gradients to_;
  Rows weights_, inputs_, input_sums_, weight_sums_;
};

float* data_or_null(const Tensor& tensor) {
  return tensor.defined() && tensor.numel() > 0 ? tensor.data_ptr<float>() : nullptr;
}

// bias: empty for none, since an autograd function takes no undefined tensor.
class LinearParts : public torch::autograd::Function<LinearParts> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias) {
    context->save_for_backward({x, weight});
    const Sizes s(x, weight);
    if (s.by_blas()) return linear_parts_by_blas(x, weight, bias);
    const Tensor y = torch::empty({x.size(0), s.out}, x.options());
    for_parts(s, [&] {
      return Forward(s, x.data_ptr<float>(), weight.data_ptr<float>(), data_or_null(bias),
                     y.data_ptr<float>());
    });
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], gy = gradients[0].contiguous();
    const Sizes s(x, weight);
    const auto wanted = [&](size_t input, at::IntArrayRef shape) {
      return context->needs_input_grad(input) ? torch::empty(shape, x.options()) : Tensor();
    };
    const Tensor gx = wanted(0, x.sizes()), gw = wanted(1, weight.sizes());
    const Tensor gb = wanted(2, {s.parts, s.out});
    if (s.by_blas()) {
      linear_parts_backward_by_blas(x, weight, gy, {gx, gw, gb});
      return {gx, gw, gb};
    }
    const Gradients to{data_or_null(gx), data_or_null(gw), data_or_null(gb)};
    for_parts(s, [&] {
      return Backward(s, x.data_ptr<float>(), weight.data_ptr<float>(), gy.data_ptr<float>(), to);
    });
    return {gx, gw, gb};
  }
};

bool is_plain_float(const Tensor& tensor) {
  return !tensor.defined() || (tensor.is_cpu() && tensor.scalar_type() == torch::kFloat);
}

}  // namespace

bool fits_linear_parts(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return is_plain_float(x) && is_plain_float(weight) && is_plain_float(bias) &&
         x.size(-1) == weight.size(2);
}

Tensor linear_parts(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return LinearParts::apply(x.contiguous(), weight.contiguous(),
                            bias.defined() ? bias.contiguous() : torch::empty({0}));
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
