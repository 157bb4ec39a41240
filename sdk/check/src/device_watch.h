// Would a forward pass work on another device? Answered on the CPU.
#pragma once

#include <ATen/record_function.h>

#include <memory>
#include <string>
#include <vector>

#include "modhost/model.h"

namespace modhost::conformance {

// While it lives, follows on which device each tensor would be if the network and its batch had
// been moved to another one: parameters, buffers, the batch and what is computed from them or made
// with a device would be there; a tensor kept in a member, or made without a device, would be on
// the CPU. An operation that takes one of each would fail there.
class DeviceWatch {
 public:
  DeviceWatch(const ModelBase& network, const Batch& batch);
  explicit DeviceWatch(const std::vector<Tensor>& given);  // these would have been moved
  DeviceWatch(const DeviceWatch&) = delete;
  DeviceWatch& operator=(const DeviceWatch&) = delete;
  ~DeviceWatch();

  // The first such operation, "aten::add"; "" when there was none.
  const std::string& found() const;

  struct Record;  // of the .cpp

 private:
  std::unique_ptr<Record> record_;
  at::CallbackHandle handle_;
};

}  // namespace modhost::conformance
