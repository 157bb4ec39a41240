#include "pickle.h"

#include <cstring>
#include <unordered_map>

#include "modhost/error.h"
#include "pickle_opcodes.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr size_t kMostValues = size_t{1} << 22;
constexpr size_t kMostNodes = size_t{1} << 20;
constexpr size_t kMostKept = size_t{1} << 21;

}  // namespace

// The stack machine. Each instruction takes at least one byte and adds at most one value, so both
// time and memory are bounded by the length of the pickle.
class Machine {
 public:
  Machine(std::string_view bytes, const std::string& where, Document& out)
      : bytes_(bytes), where_(where), out_(out) {}

  void run() {
    require(!bytes_.empty(), "it is empty");
    for (;;) {
      start_ = at_;
      const auto op = static_cast<unsigned char>(take(1).front());
      if (op == kStop) break;
      if (!scalar(op) && !container(op) && !call(op)) step(op);
    }
    out_.root_ = pop();
    out_.length_ = at_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::data, "cannot read '" + where_ + "': its pickle is damaged at byte " +
                                     std::to_string(start_) + ": " + what);
  }
  void require(bool condition, const char* what) const {
    if (!condition) fail(what);
  }

  std::string_view take(uint64_t count) {
    require(count <= bytes_.size() - at_, "it ends in the middle of an instruction");
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  uint64_t number(size_t width) {
    uint64_t value = 0;
    const std::string_view raw = take(width);
    for (size_t byte = width; byte-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(raw[byte]);
    }
    return value;
  }
  std::string_view line() {
    const size_t end = bytes_.find('\n', at_);
    require(end != std::string_view::npos, "it ends in the middle of a name");
    const std::string_view text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }

  void push(Value value) {
    require(++values_ <= kMostValues, "it holds more than 4 million values");
    stack_.push_back(value);
  }
  void push_node(Node node) {
    require(out_.nodes_.size() < kMostNodes, "it holds more than a million objects");
    const auto index = static_cast<uint32_t>(out_.nodes_.size());
    out_.nodes_.push_back(std::move(node));
    push(Ref{index});
  }
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  Value pop() {
    require(stack_.size() > floor(), "a value is missing");
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }
  const Value& top() const {
    require(stack_.size() > floor(), "a value is missing");
    return stack_.back();
  }
  std::vector<Value> pop_to_mark() {
    require(!marks_.empty(), "a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return values;
  }
  std::vector<Value> pop_last(size_t count) {
    require(stack_.size() - floor() >= count, "a value is missing");
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<Value> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    return values;
  }
  Node& node_at_top() {
    const Ref* ref = std::get_if<Ref>(&top());
    require(ref != nullptr, "an object is missing");
    return out_.nodes_[ref->node];
  }

  void append(const std::vector<Value>& values) {
    Node& node = node_at_top();
    std::vector<Value>* elements = nullptr;
    if (auto* sequence = std::get_if<Sequence>(&node)) elements = &sequence->elements;
    if (auto* object = std::get_if<Object>(&node)) elements = &object->elements;
    require(elements != nullptr, "something is appended to what is no list");
    elements->insert(elements->end(), values.begin(), values.end());
  }
  void set_items(const std::vector<Value>& flat) {
    require(flat.size() % 2 == 0, "a key has no value");
    Node& node = node_at_top();
    Items* items = nullptr;
    if (auto* dict = std::get_if<Dict>(&node)) items = &dict->items;
    if (auto* object = std::get_if<Object>(&node)) items = &object->items;
    require(items != nullptr, "an item is set in what is no dict");
    for (size_t i = 0; i < flat.size(); i += 2) items->emplace_back(flat[i], flat[i + 1]);
  }
  void push_dict(const std::vector<Value>& flat) {
    push_node(Dict{});
    set_items(flat);
  }

  // clang-format off
  bool scalar(unsigned char op) {
    switch (op) {
      case kNone: push(None{}); return true;
      case kNewTrue: push(true); return true;
      case kNewFalse: push(false); return true;
      case kBinInt: push(int64_t{static_cast<int32_t>(number(4))}); return true;
      case kBinInt1: push(static_cast<int64_t>(number(1))); return true;
      case kBinInt2: push(static_cast<int64_t>(number(2))); return true;
      case kLong1: push_integer(take(number(1))); return true;
      case kLong4: push_integer(take(number(4))); return true;
      case kBinFloat: push_float(); return true;
      case kBinUnicode: push(Text{take(number(4))}); return true;
      case kShortBinUnicode: push(Text{take(number(1))}); return true;
      case kBinUnicode8: push(Text{take(number(8))}); return true;
      // Python 2 wrote its texts, which are bytes, like this.
      case kBinString: push(Text{take(number(4))}); return true;
      case kShortBinString: push(Text{take(number(1))}); return true;
      case kBinBytes: push(Bytes{take(number(4))}); return true;
      case kShortBinBytes: push(Bytes{take(number(1))}); return true;
      case kBinBytes8: push(Bytes{take(number(8))}); return true;
      case kByteArray8: push(Bytes{take(number(8))}); return true;
      default: return false;
    }
  }

  bool container(unsigned char op) {
    switch (op) {
      case kEmptyTuple:
      case kEmptyList:
      case kEmptySet: push_node(Sequence{}); return true;
      case kEmptyDict: push_node(Dict{}); return true;
      case kTuple:
      case kList:
      case kFrozenSet: push_node(Sequence{pop_to_mark()}); return true;
      case kTuple1: push_node(Sequence{pop_last(1)}); return true;
      case kTuple2: push_node(Sequence{pop_last(2)}); return true;
      case kTuple3: push_node(Sequence{pop_last(3)}); return true;
      case kDict: push_dict(pop_to_mark()); return true;
      case kAppend: append(pop_last(1)); return true;
      case kAppends:
      case kAddItems: append(pop_to_mark()); return true;
      case kSetItem: set_items(pop_last(2)); return true;
      case kSetItems: set_items(pop_to_mark()); return true;
      default: return false;
    }
  }

  bool call(unsigned char op) {
    switch (op) {
      case kGlobal: push_global(); return true;
      case kStackGlobal: push_stack_global(); return true;
      case kReduce:
      case kNewObj: push_object(pop_last(2)); return true;
      case kNewObjEx: push_object(pop_last(3)); return true;
      case kBuild: build(pop()); return true;
      case kBinPersId: push_node(Persistent{pop()}); return true;
      default: return false;
    }
  }

  void step(unsigned char op) {
    switch (op) {
      case kProto: check_protocol(number(1)); return;
      case kFrame: require(number(8) <= bytes_.size() - at_, "a frame is cut off"); return;
      case kMark: push_mark(); return;
      case kPop: drop(); return;
      case kPopMark: pop_to_mark(); return;
      case kDup: push(Value(top())); return;
      case kMemoize: keep(memo_.size()); return;
      case kBinPut: keep(number(1)); return;
      case kLongBinPut: keep(number(4)); return;
      case kBinGet: recall(number(1)); return;
      case kLongBinGet: recall(number(4)); return;
      default: fail("instruction " + std::to_string(op) + " is none of protocols 2 to 5");
    }
  }

  // clang-format on

  // Two's complement, as few bytes as possible; no bytes are 0.
  void push_integer(std::string_view raw) {
    if (raw.size() > 8) return push(BigInteger{raw});
    uint64_t bits = !raw.empty() && (raw.back() & 0x80) != 0 ? ~uint64_t{0} : 0;
    for (size_t byte = raw.size(); byte-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>(raw[byte]);
    }
    push(static_cast<int64_t>(bits));
  }
  void push_float() {  // big-endian, unlike everything else
    uint64_t bits = 0;
    for (const char byte : take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    push(value);
  }
  void push_mark() {
    require(marks_.size() < kMostValues, "it holds more than 4 million marks");
    marks_.push_back(stack_.size());
  }
  void push_global() {
    const std::string_view module = line();
    push_node(Global{module, line()});
  }
  void push_stack_global() {
    const std::vector<Value> names = pop_last(2);
    const Text* module = std::get_if<Text>(&names[0]);
    const Text* name = std::get_if<Text>(&names[1]);
    require(module != nullptr && name != nullptr, "an imported name is no text");
    push_node(Global{module->utf8, name->utf8});
  }
  void push_object(const std::vector<Value>& parts) {
    push_node(Object{parts[0], parts[1], None{}, {}, {}});
  }
  void build(const Value& state) {
    Node& node = node_at_top();
    if (auto* object = std::get_if<Object>(&node)) object->state = state;
  }
  // The opposite of whichever came last, a value or a mark.
  void drop() {
    if (!marks_.empty() && marks_.back() == stack_.size()) {
      marks_.pop_back();
    } else {
      pop();
    }
  }
  void keep(uint64_t index) {
    require(memo_.size() < kMostKept, "it keeps more than 2 million values");
    memo_.insert_or_assign(static_cast<uint32_t>(index), top());
  }
  void recall(uint64_t index) {
    const auto found = memo_.find(static_cast<uint32_t>(index));
    require(found != memo_.end(), "it refers to a value that was never kept");
    push(found->second);
  }
  void check_protocol(uint64_t protocol) const {
    if (protocol > 5) fail("protocol " + std::to_string(protocol) + " is newer than 5");
  }

  std::string_view bytes_;
  const std::string& where_;
  Document& out_;
  size_t at_ = 0;
  size_t start_ = 0;  // of the present instruction
  size_t values_ = 0;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint32_t, Value> memo_;
};

Document::Document(std::string_view bytes, const std::string& where) {
  Machine(bytes, where, *this).run();
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
