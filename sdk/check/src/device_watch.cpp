#include "device_watch.h"

#include <set>
#include <vector>

namespace modhost::conformance {

struct DeviceWatch::Record {
  std::set<const c10::StorageImpl*> moved;
  std::vector<Tensor> alive;  // so that no storage's address is used twice
  int depth = 0;              // of operations within operations; only outermost ones are judged
  bool output_moves = false;  // of the outermost operation
  std::string found;

  void add(const Tensor& tensor) {
    if (!tensor.defined() || !tensor.has_storage()) return;
    moved.insert(tensor.storage().unsafeGetStorageImpl());
    alive.push_back(tensor);
  }
  bool moves(const Tensor& tensor) const {
    return !tensor.has_storage() || moved.count(tensor.storage().unsafeGetStorageImpl()) != 0;
  }
};

namespace {

thread_local DeviceWatch::Record* current = nullptr;

void collect(const c10::IValue& value, std::vector<Tensor>& out) {
  if (value.isTensor() && value.toTensor().defined()) out.push_back(value.toTensor());
  if (!value.isList()) return;
  for (const c10::IValue& element : value.toListRef()) collect(element, out);
}

// Operations that take tensors of two devices: copies, and positions to be read from.
bool takes_both(const std::string& name) { return name == "aten::copy_" || name == "aten::index"; }

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& call) {
  if (current->depth++ > 0) return nullptr;
  bool moved = false, left = false, placed = false;
  std::vector<Tensor> tensors;
  for (const c10::IValue& value : call.inputs()) {
    placed = placed || value.isDevice();
    collect(value, tensors);
  }
  for (const Tensor& tensor : tensors) {
    if (current->moves(tensor)) {
      moved = true;
    } else if (tensor.dim() > 0) {  // a single number may come from anywhere
      left = true;
    }
  }
  if (moved && left && !placed && !takes_both(call.name()) && current->found.empty()) {
    current->found = call.name();
  }
  current->output_moves = moved || placed;
  return nullptr;
}

void leave(const at::RecordFunction& call, at::ObserverContext*) {
  if (--current->depth > 0 || !current->output_moves) return;
  std::vector<Tensor> tensors;
  for (const c10::IValue& value : call.outputs()) collect(value, tensors);
  for (const Tensor& tensor : tensors) current->add(tensor);
}

std::vector<Tensor> tensors_of(const ModelBase& network, const Batch& batch) {
  std::vector<Tensor> out{batch.input, batch.target, batch.input_length, batch.target_length};
  for (const auto& [name, tensor] : network.state()) out.push_back(tensor);
  return out;
}

}  // namespace

DeviceWatch::DeviceWatch(const ModelBase& network, const Batch& batch)
    : DeviceWatch(tensors_of(network, batch)) {}

DeviceWatch::DeviceWatch(const std::vector<Tensor>& given) : record_(std::make_unique<Record>()) {
  for (const Tensor& tensor : given) record_->add(tensor);
  current = record_.get();
  handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(&enter, &leave)
                                           .needsInputs(true)
                                           .needsOutputs(true)
                                           .scopes({at::RecordScope::FUNCTION}));
}

DeviceWatch::~DeviceWatch() {
  at::removeCallback(handle_);
  current = nullptr;
}

const std::string& DeviceWatch::found() const { return record_->found; }

}  // namespace modhost::conformance
