// Python pickles as data: what a pickle says is recorded, nothing of it is executed.
//
// A pickle is a program for a small stack machine. Most instructions build numbers, texts, lists
// and dicts; the others import Python names and call them. Here an import becomes a Global and a
// call an Object that keeps callable and arguments, so that a reader recognises what it knows (a
// tensor, an OrderedDict, an array) and passes over the rest.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace pickle {

struct None {};
struct Text {
  std::string_view utf8;
};
struct Bytes {
  std::string_view bytes;
};
struct BigInteger {  // more than 64 bits
  std::string_view little_endian;
};
struct Ref {  // to a node of the document; several may mean the same one, also in circles
  uint32_t node;
};
using Value = std::variant<None, bool, int64_t, double, Text, Bytes, BigInteger, Ref>;
using Items = std::vector<std::pair<Value, Value>>;

struct Sequence {  // tuple, list or set
  std::vector<Value> elements;
};
struct Dict {  // in the order of writing; of equal keys the last one counts
  Items items;
};
struct Global {  // a name that Python would import
  std::string_view module, name;
};
struct Object {  // what Python would get by calling `callable`
  Value callable;
  Value arguments;  // a tuple
  Value state;      // None, or what Python would pass to __setstate__
  std::vector<Value> elements;
  Items items;
};
struct Persistent {  // something that lies outside the pickle; PyTorch: a storage
  Value id;
};
using Node = std::variant<Sequence, Dict, Global, Object, Persistent>;

// One pickle of protocol 2 to 5. Holds views into the bytes that it was read from.
//
// Bounds: at most 4 million values, 1 million nodes and, with both, about 100 bytes of memory for
// each byte of the pickle; a document is destroyed without recursion.
class Document {
 public:
  // Reads the pickle at the front of `bytes`, which outlive the document. Error(data) names `where`
  // and the place of the fault.
  Document(std::string_view bytes, const std::string& where);

  const Value& root() const { return root_; }
  size_t length() const { return length_; }  // bytes that the pickle takes

  // The node that a value refers to when it is of type T, else nullptr.
  template <typename T>
  const T* find(const Value& value) const {
    const Ref* ref = std::get_if<Ref>(&value);
    return ref == nullptr ? nullptr : std::get_if<T>(&nodes_[ref->node]);
  }
  const std::deque<Node>& nodes() const { return nodes_; }

 private:
  friend class Machine;
  std::deque<Node> nodes_;
  Value root_;
  size_t length_ = 0;
};

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
