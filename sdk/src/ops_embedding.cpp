// Rows of a table that may differ from part to part.
#include <string>

#include "modhost/error.h"
#include "modhost/ops.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// The lookup itself would read a neighbouring part's table, or say which line of LibTorch failed.
void check_tokens(const Tensor& tokens, int64_t vocabulary) {
  if (tokens.numel() == 0) return;
  const auto low = tokens.min().item<int64_t>(), high = tokens.max().item<int64_t>();
  if (low >= 0 && high < vocabulary) return;
  throw Error(ErrorCode::data, "token " + std::to_string(low < 0 ? low : high) +
                                   " is not in the vocabulary 0 .. " +
                                   std::to_string(vocabulary - 1));
}

}  // namespace

Tensor embedding(const Tensor& tokens, const WeightView& table, int64_t padding) {
  check_tokens(tokens, table.weight().size(0));
  if (table.plain()) return torch::embedding(table.weight(), tokens, padding);
  const Tensor variants = table.tensor();  // [E, tokens, features]
  const int64_t parts = variants.size(0);
  part_rows(tokens, parts);
  // One table of all parts, one below the other.
  const Tensor first = torch::arange(parts, tokens.options()) * variants.size(1);
  std::vector<int64_t> shape(tokens.sizes().begin(), tokens.sizes().end());
  shape[0] = parts;
  shape.insert(shape.begin() + 1, tokens.size(0) / parts);
  std::vector<int64_t> spread(shape.size(), 1);
  spread[0] = parts;
  const Tensor places = (tokens.reshape(shape) + first.view(spread)).reshape(tokens.sizes());
  const Tensor y = torch::embedding(variants.flatten(0, 1), places);
  if (padding < 0) return y;
  return torch::where((tokens == padding).unsqueeze(-1), y.detach(), y);
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
