// The one exception type of modhost and the ways to throw it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace modhost {
inline namespace v1 {

// Who has to act on an error; the host derives its exit code from it.
enum class ErrorCode {
  usage,        // the command line is wrong (exit 2)
  config,       // an option or a config file is wrong (exit 2)
  data,         // a data file, checkpoint or weight file is wrong (exit 1)
  plugin,       // a plugin cannot be used (exit 1)
  io,           // the file system refused (exit 1)
  shape,        // tensors disagree in size or type (exit 1)
  internal,     // a broken promise inside modhost (exit 1)
  interrupted,  // stopped on request, resumable (exit 130)
};

// Message form: what - value seen - value needed, in one lower-case sentence without a final dot,
// names in single quotes. The hint is the next step: a command or the nearest valid choice.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string hint = "");
  ~Error() override;

  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

  // The message and the hint as one line.
  std::string full() const;

 private:
  ErrorCode code_;
  std::string hint_;
};

// Throws Error(code, message, hint) unless `condition` holds. For messages that cost something to
// build, write the `if` instead.
void check(bool condition, ErrorCode code, const std::string& message,
           const std::string& hint = "");

// The candidate closest to `name` by edit distance (transpositions count one), or "" when none is
// near enough to be a plausible slip: at most a third of the longer name, rounded up.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

// "Did you mean 'x'?" or "" when nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// "a, b, c"
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");

}  // namespace v1
}  // namespace modhost
