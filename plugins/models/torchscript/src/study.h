// Where the samples lie at the sites of a program, learnt from runs that differ in their samples.
#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace modhost_torchscript {

// Tells each site what it saw in three runs: on samples, on the same with another sample
// `trial.changed`, and on `trial.other_rows` samples. Returns why that is not possible, "" when it
// is.
std::string teach_layouts(std::vector<Observation> base, std::vector<Observation> changed,
                          std::vector<Observation> resized, const Trial& trial);

// What sites of two programs of one network (evaluation and training) have in common: module and
// operation. Several sites have the same key where a module is used more than once.
std::string site_key(const Site& site);

// The sites of `to`, a program of the same calls in the same order, learn what those of `from`
// know.
void copy_layouts(const SiteProgram& from, const SiteProgram& to);

// Puts the buffers of a file back at its end, whatever forward did to them.
class BufferScope {
 public:
  explicit BufferScope(const ScriptFile& file);
  BufferScope(const BufferScope&) = delete;
  BufferScope& operator=(const BufferScope&) = delete;
  ~BufferScope();

 private:
  const ScriptFile& file_;
  std::vector<Tensor> before_;  // undefined for parameters
};

}  // namespace modhost_torchscript
