// A method: a procedure that looks for modules in a trained network.
#pragma once

#include <memory>
#include <utility>

#include "modhost/option.h"

namespace modhost {
inline namespace v1 {

class Experiment;

class MethodBase {
 public:
  virtual ~MethodBase();
  // The whole procedure. Results go to experiment.writer(); a method opens no file, parses no
  // argument and draws nothing by itself. Called again in a new process after an interruption:
  // finished stages then return at once.
  virtual void run(Experiment& experiment) = 0;

  // True of a method that trains the network by itself (Experiment::untrained) instead of looking
  // at a trained one.
  virtual bool trains_network() const { return false; }
};

template <typename O>
class Method : public MethodBase {
 public:
  using OptionsType = O;
  explicit Method(std::shared_ptr<const Options> options)
      : options_(std::static_pointer_cast<const O>(std::move(options))) {}
  const O& options() const { return *options_; }

 private:
  std::shared_ptr<const O> options_;
};

}  // namespace v1
}  // namespace modhost
