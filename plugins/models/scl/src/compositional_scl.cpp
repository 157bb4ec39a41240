#include "compositional_scl.h"

#include <modhost/error.h>

namespace modhost_scl {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

Panels::Panels(const Signature& signature)
    : context(signature.input_shape.at(0) - signature.output_shape.at(0)),
      candidates(signature.output_shape.at(0)),
      side(signature.input_shape.at(1)) {
  check(context > 0 && signature.input_shape.at(2) == side, ErrorCode::config,
        "scl takes square panels with more panels than candidates, not " + signature.text());
}

Tensor Panels::as_images(const Tensor& input) const { return input.reshape({-1, 1, side, side}); }

Tensor Panels::repetitions(int64_t problems) const {
  const Tensor one = torch::cat({torch::full({context}, static_cast<double>(candidates)),
                                 torch::ones({candidates}, torch::kDouble)});
  return one.repeat({problems});
}

Tensor Panels::rows(const Tensor& features) const {
  const Tensor split = features.view({-1, images(), features.size(1)});  // [n, images, d]
  const Tensor known = split.narrow(1, 0, context).transpose(1, 2).unsqueeze(1);
  const Tensor offered = split.narrow(1, context, candidates).unsqueeze(3);
  return torch::cat({known.expand({-1, candidates, -1, -1}), offered}, 3);
}

int64_t halved_side(int64_t side, size_t halvings) {
  for (size_t i = 0; i < halvings; ++i) side = (side + 1) / 2;
  return side;
}

namespace {

Tensor run_mlp(const std::vector<nn::Linear>& layers, Tensor x) {
  for (size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) x = x.relu_();
    x = layers[i](x);
  }
  return x;
}

std::vector<int64_t> widths_of(int64_t in, const std::vector<int64_t>& hidden, int64_t out) {
  std::vector<int64_t> widths{in};
  widths.insert(widths.end(), hidden.begin(), hidden.end());
  widths.push_back(out);
  return widths;
}

}  // namespace

Tensor ResidualBlock::operator()(const Tensor& x) const {
  return x + contract(norm(expand(x)).relu_());
}

CompositionalScl::CompositionalScl(const Build& build) : Model(build), panels_(build.signature) {
  const SclOptions& options = this->options();
  const int64_t features = options.features();
  check(features % options.attribute_heads() == 0, ErrorCode::config,
        "option 'model.features': " + std::to_string(features) + " does not divide into " +
            std::to_string(options.attribute_heads()) + " attribute heads");
  check(features % options.relation_heads() == 0, ErrorCode::config,
        "option 'model.features': " + std::to_string(features) + " does not divide into " +
            std::to_string(options.relation_heads()) + " relation heads");
  const int64_t chunk = features / options.attribute_heads();
  const int64_t row = (panels_.context + 1) * (features / options.relation_heads());

  add_vision();
  add_mlp("attr_net.mlp.net", widths_of(chunk, options.attribute_hidden(), chunk), attribute_net_);
  ff_residual_ = add_residual("ff_residual", features);
  add_mlp("rel_net.net", widths_of(row, options.relation_hidden(), options.relations()),
          relation_net_);
  to_logit_ = add<nn::Linear>("to_logit", options.relation_heads() * options.relations(), 1);
  join_layers();
}

// Names count the modules of the original Sequential: conv, norm, conv, norm, ..., conv, flatten,
// linear, relu, residual block.
void CompositionalScl::add_vision() {
  const std::vector<int64_t>& channels = options().conv_channels();
  int64_t in = 1;
  for (size_t i = 0; i < channels.size(); ++i) {
    const std::string place = "vision.net." + std::to_string(2 * i);
    convolutions_.push_back(
        add<nn::Conv2d>(place, in, channels[i], 3, ops::Conv2dGeometry{2, 1, 1, 1}));
    in = channels[i];
    if (i + 1 == channels.size()) break;
    norms_.push_back(add<nn::BatchNorm2d>("vision.net." + std::to_string(2 * i + 1), in));
  }
  const int64_t side = halved_side(panels_.side, channels.size());
  const size_t after = 2 * channels.size();
  features_ = add<nn::Linear>("vision.net." + std::to_string(after), in * side * side,
                              options().features());
  vision_residual_ = add_residual("vision.net." + std::to_string(after + 2), options().features());
}

void CompositionalScl::add_mlp(const std::string& name, std::vector<int64_t> widths,
                               std::vector<nn::Linear>& layers) {
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    layers.push_back(add<nn::Linear>(name + "." + std::to_string(2 * i), widths[i], widths[i + 1]));
  }
}

ResidualBlock CompositionalScl::add_residual(const std::string& name, int64_t width) {
  ResidualBlock block;
  block.expand = add<nn::Linear>(name + ".net.0", width, 4 * width);
  block.norm = add<nn::LayerNorm>(name + ".net.1", 4 * width);
  block.contract = add<nn::Linear>(name + ".net.3", 4 * width, width);
  return block;
}

void CompositionalScl::join_layers() {
  const auto chain = [&](const std::vector<std::string>& names, int64_t units) {
    for (size_t i = 0; i + 1 < names.size(); ++i) join(names[i], names[i + 1], joint::same(units));
  };
  const std::vector<int64_t>& channels = options().conv_channels();
  const int64_t d = options().features();
  const auto vision = [](size_t place) { return "vision.net." + std::to_string(place); };
  join("", vision(0), joint::same(1));
  for (size_t i = 0; i + 1 < channels.size(); ++i) {
    chain({vision(2 * i), vision(2 * i + 1), vision(2 * i + 2)}, channels[i]);
  }
  const size_t last = 2 * channels.size() - 2;
  const int64_t side = halved_side(panels_.side, channels.size());
  join(vision(last), vision(last + 2), joint::flattened(channels.back(), side * side));

  const auto residual = [&](const std::string& from, const std::string& block) {
    join(from, block + ".net.0", joint::same(d));
    chain({block + ".net.0", block + ".net.1", block + ".net.3"}, 4 * d);
  };
  residual(vision(last + 2), vision(last + 4));
  const int64_t chunk = d / options().attribute_heads();
  for (const auto& from : {vision(last + 2), vision(last + 4) + ".net.3"}) {
    join(from, "attr_net.mlp.net.0", joint::chunked(d, chunk));
  }
  const auto mlp = [&](const std::string& name, const std::vector<nn::Linear>& layers) {
    for (size_t i = 0; i + 1 < layers.size(); ++i) {
      join(name + std::to_string(2 * i), name + std::to_string(2 * i + 2),
           joint::same(layers[i]->units_out()));
    }
    return name + std::to_string(2 * layers.size() - 2);
  };
  const std::string attribute = mlp("attr_net.mlp.net.", attribute_net_);
  joint::Pairs scattered;  // unit u of the shared network is feature u of every chunk
  for (int64_t feature = 0; feature < d; ++feature)
    scattered.emplace_back(feature % chunk, feature);
  join(attribute, "ff_residual.net.0", scattered);
  chain({"ff_residual.net.0", "ff_residual.net.1", "ff_residual.net.3"}, 4 * d);
  const int64_t row = relation_net_.front()->units_in();
  join("ff_residual.net.3", "rel_net.net.0", joint::every(d, row));
  join(attribute, "rel_net.net.0", joint::every(chunk, row));
  const std::string relation = mlp("rel_net.net.", relation_net_);
  joint::Pairs heads;
  for (int64_t input = 0; input < to_logit_->units_in(); ++input) {
    heads.emplace_back(input % options().relations(), input);
  }
  join(relation, "to_logit", heads);
}

Tensor CompositionalScl::vision(const Tensor& images, const Tensor& repetitions) {
  const bool activate = options().conv_activation() == "relu";
  Tensor x = images;
  for (size_t i = 0; i < convolutions_.size(); ++i) {
    x = convolutions_[i](x);
    if (i < norms_.size()) x = norms_[i](x, repetitions);
    if (activate) x = x.relu_();
  }
  return vision_residual_(features_(x.flatten(1)).relu_());  // [n, d]
}

Tensor CompositionalScl::attributes(const Tensor& features) {
  const int64_t chunk = attribute_net_.front()->units_in();
  return run_mlp(attribute_net_, features.view({features.size(0), -1, chunk}))
      .reshape({features.size(0), -1});
}

Tensor CompositionalScl::forward(const Batch& batch) {
  const int64_t problems = batch.input.size(0);
  const bool weighted =
      norms_.size() > 0 && norms_[0]->training() && options().batch_statistics() == "repeated";
  const Tensor seen =
      vision(panels_.as_images(batch.input), weighted ? panels_.repetitions(problems) : Tensor());
  const Tensor features = residual(attributes(seen));  // [n*images, d]
  const int64_t heads = options().relation_heads();
  const int64_t per_head = options().features() / heads;
  Tensor rows = panels_.rows(features);  // [n, candidates, d, context+1]
  if (per_head > 1) {  // [.., heads, per_head, panels] -> [.., heads, panels, per_head]
    rows = rows.view({problems, panels_.candidates, heads, per_head, -1}).transpose(3, 4);
  }
  const Tensor related =
      run_mlp(relation_net_, rows.reshape({problems, panels_.candidates, heads, -1}));
  return to_logit_(related.reshape({problems, panels_.candidates, -1})).squeeze(2);
}

}  // namespace modhost_scl
