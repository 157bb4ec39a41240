// Two numbers to add or to multiply, as a flag says (Csordas et al. 2021).
#include "add_mul.h"

#include <modhost/count_text.h>
#include <modhost/subset.h>

namespace modhost_add_mul {
namespace {

Operation operation_named(const std::string& task) { return task == "add" ? kAdd : kMultiply; }

}  // namespace

Signature AddMul::signature() const {
  const int64_t digits = options().digits();
  Signature out;
  out.input_shape = {input_width(digits)};
  if (options().steps() > 0) {
    out.input = Input::sequence;
    out.input_shape.insert(out.input_shape.begin(), options().steps());
  }
  out.output = Output::digits;
  out.output_shape = {digits, kDigitBase};
  return out;
}

std::vector<Task> AddMul::tasks() const {
  return {{"add", "only sums; compared with products"},
          {"mul", "only products; compared with sums"}};
}

std::string AddMul::describe() const {
  const std::string digits = std::to_string(options().digits());
  const std::string places = options().digits() == 1 ? "digit" : "digits";
  return count_text(options().train()) + " exercises (add or multiply two numbers of " + digits +
         " " + places + ", answer modulo " + count_text(power_of_ten(options().digits())) + ")";
}

double AddMul::chance() const {
  return 1.0 / static_cast<double>(power_of_ten(options().digits()));
}

std::shared_ptr<const ExerciseSource> AddMul::drawn(Split split) const {
  auto& source = drawn_[split];
  if (source == nullptr) {
    const auto seed = static_cast<uint32_t>(options().seed());
    const auto draw = [&](int64_t count, uint32_t offset) {
      return std::make_shared<ExerciseSource>(
          draw_exercises(count, options().digits(), seed + offset), options().digits(),
          options().steps());
    };
    source = split == Split::train  ? draw(options().train(), 0)
             : split == Split::test ? draw(options().test(), 1)
                                    : draw(options().validation(), 2);
  }
  return source;
}

std::shared_ptr<const Source> AddMul::with(Operation operation, Split split) const {
  const auto all = drawn(split);
  return subset(all, all->exercises().with(operation));
}

std::shared_ptr<const Source> AddMul::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return with(operation_named(name), split);
}

std::shared_ptr<const Source> AddMul::other(const std::string& name, Split split) const {
  check_task(*this, name);
  return with(operation_named(name) == kAdd ? kMultiply : kAdd, split);
}

}  // namespace modhost_add_mul
