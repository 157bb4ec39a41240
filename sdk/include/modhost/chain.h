// Layers one after another, each checked when it is put there; the joints of a model follow.
//
//   Chain chain(build.signature);
//   chain.push(add<nn::Conv2d>("conv", 3, 8, 3).layer());  // learns that it gives [8, h-2, w-2]
//   ...
//   for (const Joint& joint : chain.joints()) join(joint.from, joint.to, joint.pairs);
//   forward: return chain(batch.input);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "modhost/layer.h"
#include "modhost/model.h"
#include "modhost/signature.h"

namespace modhost {
inline namespace v1 {

class Chain {
 public:
  static constexpr const char* kInput = "input";  // the name of what comes in

  explicit Chain(const Signature& signature);

  // `layer` has its name and reads the sum of what the layers named in `from` put out (kInput among
  // them); {}: the last one pushed. It is run once on zeros. `unit_dim`: the dimension of one
  // sample that counts the units it reads, 0 for channels, -1 for features.
  // Error(shape) when it cannot take the input, Error(config) when a name in `from` is unknown or
  // the outputs there have different shapes.
  void push(std::shared_ptr<Layer> layer, int unit_dim = 0,
            const std::vector<std::string>& from = {});

  // [E*b, ...] -> [E*b, shape()].
  Tensor operator()(const Tensor& input) const;

  // What the last layer gives for one sample; that of the input when there is no layer.
  const std::vector<int64_t>& shape() const { return values_.back().shape; }
  // What a layer that reads `from` would get, for one sample; errors as push().
  std::vector<int64_t> shape_of(const std::vector<std::string>& from) const;

  // Layers without units pass on what they read: unit u of a layer arrives where flattening,
  // pooling and sums leave it.
  const std::vector<Joint>& joints() const { return joints_; }

 private:
  struct Source {  // a layer whose units are in a value, and at which indices
    std::string layer;
    joint::Pairs pairs;
  };
  struct Value {  // the input, or what a layer puts out
    std::string name;
    std::vector<int64_t> shape;  // of one sample
    int unit_dim;                // that dimension counts the units
    std::vector<Source> sources;
  };
  struct Node {
    std::shared_ptr<Layer> layer;
    std::vector<size_t> reads;  // indices into values_; the node's own value is one after its index
  };

  std::vector<size_t> positions(const std::vector<std::string>& from) const;
  Value sum_of(const std::vector<size_t>& reads) const;
  // The node of the max pooling that follows the convolution of node i, when nothing else reads
  // what lies between them and only dropout that is off does; otherwise i.
  size_t pooling_after(size_t i) const;
  std::vector<int64_t> probe(Layer& layer, const std::vector<int64_t>& shape) const;
  void add_joints(const Layer& layer, const Value& read, int unit_dim);

  bool tokens_;
  std::vector<Value> values_;  // the input, then one for each node
  std::vector<Node> nodes_;
  std::vector<size_t> last_reader_;  // of each value
  std::vector<Joint> joints_;
};

}  // namespace v1
}  // namespace modhost
