#include "modhost/progress.h"

namespace modhost {
inline namespace v1 {
Progress::~Progress() = default;
void Progress::begin(const std::string&, int64_t, const std::string&, int64_t) {}
void Progress::update(int64_t, const Numbers&) {}
void Progress::end(const std::string&) {}
}  // namespace v1
}  // namespace modhost
