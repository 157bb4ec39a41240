// What a dataset gives and what a model takes; compared before any work is done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modhost {
inline namespace v1 {

// What comes in. Shapes are those of one sample.
enum class Input {
  features,  // [in] float
  sequence,  // [steps, in] float
  image,     // [channels, height, width] float
  tokens,    // [length] int64, padded; Batch::input_length says how many count
  panels,    // [panels, height, width] float: context panels, then candidates
};

// What goes out. The target's shape is that of one sample; outputs are logits unless said
// otherwise.
enum class Output {
  classes,  // target [] int64;         output [classes]
  digits,   // target [places] int64, -1 in a place that does not count; output [places, base]
  tokens,   // target [length] int64, padded, ended by the token vocabulary-1, which is also what
            // decoding starts from;    output [length, vocabulary]
  choice,   // target [] int64: index of the right candidate; output [candidates]
  values,   // target [out] float;      output [out]
  bits,     // target [out] float, 0 or 1; output [out], above 0 for 1
};

std::string to_string(Input input);
std::string to_string(Output output);

struct Signature {
  Input input = Input::features;
  std::vector<int64_t> input_shape;  // of one sample, as above
  Output output = Output::classes;
  std::vector<int64_t> output_shape;  // of the logits (or values) of one sample; the length of
                                      // tokens, in and out, is the largest that occurs
  int64_t vocabulary = 0;             // number of input tokens; 0 for other inputs
  // For sequence -> digits: the step (from 0) at which each place is read; empty: the last step.
  std::vector<int64_t> read_steps{};
  // The same, when one place of what is put out at a step serves several places of the answer, each
  // at its own step: which one, for each place of the answer; empty: its own.
  std::vector<int64_t> read_places{};

  int64_t input_size() const;   // product of input_shape
  int64_t output_size() const;  // product of output_shape
  int64_t step_size() const;    // logits put out at a step: fewer when `read_places` share some
  std::string text() const;     // "panels [16, 64, 64] -> choice [8]"
};

// The signatures that a model can be built for.
struct Accepts {
  std::vector<Input> inputs;
  std::vector<Output> outputs;

  bool fits(const Signature& signature) const;
  std::string text() const;  // "features, image -> classes, digits"
};

}  // namespace v1
}  // namespace modhost
