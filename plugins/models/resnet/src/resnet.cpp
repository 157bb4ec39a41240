// Residual networks. He, Zhang, Ren, Sun 2016, "Deep residual learning for image recognition".
#include <modhost/model.h>
#include <modhost/plugin.h>

#include <cmath>

#include "resnet_options.h"

namespace modhost_resnet {
namespace {

// Convolutions with batch normalisation, and what is added to their result.
struct Block {
  std::vector<nn::Conv2d> convolutions;
  std::vector<nn::BatchNorm2d> norms;
  nn::Conv2d shortcut;  // absent: the input itself
  nn::BatchNorm2d shortcut_norm;
};

struct Shape {
  std::vector<int64_t> blocks;  // of each group
  bool bottleneck = false;
  bool large_stem = false;
  int64_t width = 64;
};

Shape shape_of(const ResNetOptions& options) {
  Shape shape;
  const int64_t depth = options.depth();
  const bool imagenet = depth == 18 || depth == 34 || depth == 50;
  if (depth == 18) shape.blocks = {2, 2, 2, 2};
  if (depth == 34 || depth == 50) shape.blocks = {3, 4, 6, 3};
  if (!imagenet) shape.blocks = std::vector<int64_t>(3, (depth - 2) / 6);
  shape.bottleneck = depth == 50;
  shape.large_stem = options.stem() == "large" || (options.stem() == "auto" && imagenet);
  shape.width = options.width() > 0 ? options.width() : imagenet ? 64 : 16;
  return shape;
}

class ResNet : public Model<ResNetOptions> {
 public:
  static Accepts accepts() { return {{Input::image}, {Output::classes, Output::bits}}; }

  explicit ResNet(const Build& build) : Model(build), shape_(shape_of(options())) {
    const int64_t colours = signature().input_shape.at(0);
    stem_ = shape_.large_stem ? convolution("conv1", colours, shape_.width, 7, 2)
                              : convolution("conv1", colours, shape_.width, 3, 1);
    stem_norm_ = add<nn::BatchNorm2d>("bn1", shape_.width);
    join("", "conv1", joint::same(colours));
    join("conv1", "bn1", joint::same(shape_.width));
    writers_ = {"bn1"};
    int64_t in = shape_.width;
    for (size_t group = 0; group < shape_.blocks.size(); ++group) in = add_group(group, in);
    out_ = add<nn::Linear>("fc", in, signature().output_size());
    join_writers("fc", in);
  }

  // [E*b, channels, height, width] -> [E*b, classes]
  Tensor forward(const Batch& batch) override {
    Tensor x = stem_norm_(stem_(batch.input)).relu_();
    if (shape_.large_stem) x = ops::max_pool2d(x, {3, 2, 1});
    for (const Block& block : blocks_) x = run(block, x);
    return out_(x.mean({2, 3}));
  }

 private:
  // No bias: a batch normalisation follows.
  nn::Conv2d convolution(const std::string& name, int64_t in, int64_t out, int64_t kernel,
                         int64_t stride) {
    auto layer = add<nn::Conv2d>(name, in, out, kernel,
                                 ops::Conv2dGeometry{stride, kernel / 2, 1, 1}, false);
    layer->set_init("weight",
                    init::normal(std::sqrt(2.0 / static_cast<double>(kernel * kernel * out))));
    return layer;
  }

  // Returns the channels that it puts out.
  int64_t add_group(size_t group, int64_t in) {
    const int64_t inner = shape_.width << group;
    const int64_t out = shape_.bottleneck ? 4 * inner : inner;
    for (int64_t i = 0; i < shape_.blocks[group]; ++i) {
      const std::string name = "layer" + std::to_string(group + 1) + "." + std::to_string(i);
      add_block(name, i == 0 ? in : out, inner, out, i == 0 && group > 0 ? 2 : 1);
    }
    return out;
  }

  void add_block(const std::string& name, int64_t in, int64_t inner, int64_t out, int64_t stride) {
    Block block;
    std::string last;
    int64_t width = in;
    const auto append = [&](int64_t next, int64_t kernel, int64_t step) {
      const std::string number = std::to_string(block.convolutions.size() + 1);
      const std::string conv = name + ".conv" + number, norm = name + ".bn" + number;
      block.convolutions.push_back(convolution(conv, width, next, kernel, step));
      block.norms.push_back(add<nn::BatchNorm2d>(norm, next));
      if (last.empty()) {
        join_writers(conv, width);
      } else {
        join(last, conv, joint::same(width));
      }
      join(conv, norm, joint::same(next));
      last = norm;
      width = next;
    };
    if (shape_.bottleneck) {
      append(inner, 1, 1);
      append(inner, 3, stride);
      append(out, 1, 1);
    } else {
      append(inner, 3, stride);
      append(out, 3, 1);
    }
    if (stride != 1 || in != out) add_shortcut(block, name + ".downsample", in, out, stride);
    writers_.push_back(last);
    blocks_.push_back(std::move(block));
  }

  // Where the number or the size of channels changes: from here on its units are the sum's.
  void add_shortcut(Block& block, const std::string& name, int64_t in, int64_t out,
                    int64_t stride) {
    block.shortcut = convolution(name + ".0", in, out, 1, stride);
    block.shortcut_norm = add<nn::BatchNorm2d>(name + ".1", out);
    join_writers(name + ".0", in);
    join(name + ".0", name + ".1", joint::same(out));
    writers_ = {name + ".1"};
  }

  // Unit u of everything that was added up arrives at input u.
  void join_writers(const std::string& reader, int64_t units) {
    for (const std::string& writer : writers_) join(writer, reader, joint::same(units));
  }

  static Tensor run(const Block& block, const Tensor& x) {
    Tensor y = x;
    for (size_t i = 0; i < block.norms.size(); ++i) {
      y = block.norms[i](block.convolutions[i](y));
      if (i + 1 < block.norms.size()) y = y.relu_();
    }
    return torch::relu(y + (block.shortcut ? block.shortcut_norm(block.shortcut(x)) : x));
  }

  Shape shape_;
  nn::Conv2d stem_;
  nn::BatchNorm2d stem_norm_;
  std::vector<Block> blocks_;
  nn::Linear out_;
  std::vector<std::string> writers_;  // layers whose outputs make up the sum at this point
};

}  // namespace
}  // namespace modhost_resnet

MODHOST_PLUGIN(registry) {
  registry.model<modhost_resnet::ResNet>("resnet", "residual networks for small and large images")
      .paper("He, Zhang, Ren, Sun 2016, arXiv:1512.03385")
      .suggest("dataset.name", "glyphs");
}
