// Two pairs of numbers, each to be added (Csordas et al. 2021).
#include "tuple_arithmetic.h"

#include <modhost/count_text.h>
#include <modhost/digits.h>

namespace modhost_tuple_arithmetic {
namespace {

int64_t pair_of(const std::string& task) { return task == "pair_0" ? 0 : 1; }

}  // namespace

Signature TupleArithmetic::signature() const {
  const int64_t digits = options().digits();
  const Layout layout = layout_of(options().mode(), digits);
  Signature out;
  out.input_shape = {layout.width(digits)};
  if (layout.sequence) {
    out.input = Input::sequence;
    out.input_shape = {layout.steps, layout.width(digits)};
  }
  out.output = Output::digits;
  out.output_shape = {kPairs * digits, kDigitBase};
  out.read_steps = layout.read_steps;
  out.read_places = layout.read_places;
  return out;
}

std::vector<Task> TupleArithmetic::tasks() const {
  return {{"pair_0", "only the first sum counts; compared with the second"},
          {"pair_1", "only the second sum counts; compared with the first"}};
}

std::string TupleArithmetic::describe() const {
  return count_text(options().train()) + " exercises (two sums of two numbers modulo " +
         count_text(power_of_ten(options().digits())) + ", mode " + options().mode() + ")";
}

double TupleArithmetic::chance() const {
  return 1.0 / static_cast<double>(power_of_ten(kPairs * options().digits()));
}

std::shared_ptr<const Sums> TupleArithmetic::drawn(Split split) const {
  auto& sums = drawn_[split];
  if (sums == nullptr) {
    const auto seed = static_cast<uint32_t>(options().seed());
    const auto draw = [&](int64_t count, uint32_t offset) {
      return std::make_shared<Sums>(draw_sums(count, options().digits(), seed + offset));
    };
    sums = split == Split::train  ? draw(options().train(), 0)
           : split == Split::test ? draw(options().test(), 1)
                                  : draw(options().validation(), 2);
  }
  return sums;
}

std::shared_ptr<const Source> TupleArithmetic::all(Split split) const {
  const int64_t digits = options().digits();
  return std::make_shared<SumSource>(drawn(split), digits, layout_of(options().mode(), digits),
                                     Restriction{});
}

std::shared_ptr<const Source> TupleArithmetic::restricted_to(int64_t pair, Split split) const {
  const int64_t digits = options().digits();
  const Layout layout = layout_of(options().mode(), digits);
  return std::make_shared<SumSource>(drawn(split), digits, layout,
                                     Restriction{pair, layout.hides_other && split != Split::test});
}

std::shared_ptr<const Source> TupleArithmetic::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return restricted_to(pair_of(name), split);
}

std::shared_ptr<const Source> TupleArithmetic::other(const std::string& name, Split split) const {
  check_task(*this, name);
  return restricted_to(1 - pair_of(name), split);
}

}  // namespace modhost_tuple_arithmetic
