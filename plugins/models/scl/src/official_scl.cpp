#include "official_scl.h"

#include <modhost/error.h>

namespace modhost_scl {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kResidualDeviation = 0.005;

Tensor run(const std::vector<nn::Linear>& layers, Tensor x) {
  for (size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) x = x.relu_();
    x = layers[i](x);
  }
  return x;
}

// The published code nests hidden layers one module deeper than the last one.
std::string place(const std::string& name, size_t index, size_t count) {
  return name + ".mlp." + std::to_string(index) + (index + 1 < count ? ".0" : "");
}

}  // namespace

Tensor NormedResidual::operator()(const Tensor& x) const {
  const Tensor inner = norm_out(transform1(norm_in(x).relu_()));
  return x + transform2(inner.relu_());
}

OfficialScl::OfficialScl(const Build& build) : Model(build), panels_(build.signature) {
  const SclOptions& options = this->options();
  const int64_t features = options.features();
  const int64_t groups = options.attribute_heads();
  check(features % groups == 0, ErrorCode::config,
        "option 'model.features': " + std::to_string(features) + " does not divide into " +
            std::to_string(groups) + " attribute heads");
  const int64_t side = halved_side(panels_.side, options.conv_channels().size());
  positions_ = side * side;
  add_vision();
  const std::string experts = "symbolic_model.experts.";
  feature_residual_ = add_residual("symbolic_model.FCblock", features);
  for (int64_t expert = 0; expert < options.relations(); ++expert) {
    experts_.push_back(add_mlp(experts + "mlps." + std::to_string(expert), panels_.context + 1,
                               options.relation_hidden(), 1));
  }
  for (int64_t expert = 0; expert < options.relations(); ++expert) {
    expert_residuals_.push_back(add_residual(experts + "FCblocks." + std::to_string(expert), 1));
  }
  scorer_ = add_mlp("symbolic_model.scorer.mlps.0", features * options.relations(),
                    options.head_hidden(), 1);
  join_layers();
}

void OfficialScl::add_vision() {
  int64_t in = 1;
  const std::vector<int64_t>& channels = options().conv_channels();
  for (size_t i = 0; i < channels.size(); ++i) {
    const std::string block = "v2s.cnn.conv_blocks." + std::to_string(i);
    convolutions_.push_back(
        add<nn::Conv2d>(block + ".convs.0", in, channels[i], 3, ops::Conv2dGeometry{2, 1, 1, 1}));
    norms_.push_back(add<nn::BatchNorm2d>(block + ".norms.0", channels[i]));
    in = channels[i];
  }
  const int64_t features = options().features();
  const int64_t width = features / options().attribute_heads();
  spatial_ = add_mlp("v2s.mlp_transform", positions_, {}, features);
  group_ = add_mlp("v2s.shared_group_mlp.mlps.0", in * width, options().attribute_hidden(), width);
  group_residual_ = add_residual("v2s.shared_group_mlp.FCblocks.0", width);
}

OfficialScl::Mlp OfficialScl::add_mlp(const std::string& name, int64_t in,
                                      const std::vector<int64_t>& hidden, int64_t out) {
  Mlp layers;
  std::vector<int64_t> widths = hidden;
  widths.push_back(out);
  for (size_t i = 0; i < widths.size(); ++i) {
    layers.push_back(add<nn::Linear>(place(name, i, widths.size()), in, widths[i]));
    in = widths[i];
  }
  return layers;
}

NormedResidual OfficialScl::add_residual(const std::string& name, int64_t width) {
  const Init small = init::normal(kResidualDeviation);
  const Init bias = init::kaiming_uniform(width);
  NormedResidual block;
  block.norm_in = add<nn::LayerNorm>(name + ".norm_in", width);
  block.norm_out = add<nn::LayerNorm>(name + ".norm_out", width);
  block.transform1 = add<nn::Linear>(name + ".transform1", width, width, small, bias);
  block.transform2 = add<nn::Linear>(name + ".transform2", width, width, small, bias);
  return block;
}

void OfficialScl::join_mlp(const std::string& name, const Mlp& mlp) {
  for (size_t i = 0; i + 1 < mlp.size(); ++i) {
    join(place(name, i, mlp.size()), place(name, i + 1, mlp.size()),
         joint::same(mlp[i]->units_out()));
  }
}

void OfficialScl::join_residual(const std::string& name, int64_t width) {
  join(name + ".norm_in", name + ".transform1", joint::same(width));
  join(name + ".transform1", name + ".norm_out", joint::same(width));
  join(name + ".norm_out", name + ".transform2", joint::same(width));
}

void OfficialScl::join_layers() {
  const std::vector<int64_t>& channels = options().conv_channels();
  const int64_t features = options().features();
  const int64_t groups = options().attribute_heads();
  const int64_t width = features / groups;
  std::string from;
  int64_t units = 1;
  for (size_t i = 0; i < channels.size(); ++i) {
    const std::string block = "v2s.cnn.conv_blocks." + std::to_string(i);
    join(from, block + ".convs.0", joint::same(units));
    join(block + ".convs.0", block + ".norms.0", joint::same(channels[i]));
    from = block + ".norms.0";
    units = channels[i];
  }
  join(from, place("v2s.mlp_transform", 0, 1), joint::every(units, positions_));
  // Input c*width + j of the group network: channel c, spatial feature j of the group.
  joint::Pairs grouped;
  for (int64_t feature = 0; feature < features; ++feature) {
    for (int64_t c = 0; c < units; ++c) grouped.emplace_back(feature, c * width + feature % width);
  }
  const std::string group = "v2s.shared_group_mlp.mlps.0";
  join(place("v2s.mlp_transform", 0, 1), place(group, 0, group_.size()), grouped);
  join_mlp(group, group_);
  const std::string group_out = place(group, group_.size() - 1, group_.size());
  const std::string group_block = "v2s.shared_group_mlp.FCblocks.0";
  join(group_out, group_block + ".norm_in", joint::same(width));
  join_residual(group_block, width);
  joint::Pairs scattered;
  for (int64_t feature = 0; feature < features; ++feature) {
    scattered.emplace_back(feature % width, feature);
  }
  const std::string feature_block = "symbolic_model.FCblock";
  for (const std::string& source : {group_out, group_block + ".transform2"}) {
    join(source, feature_block + ".norm_in", scattered);
  }
  join_residual(feature_block, features);
  joint::Pairs to_scorer;
  for (size_t expert = 0; expert < experts_.size(); ++expert) {
    const std::string name = "symbolic_model.experts.mlps." + std::to_string(expert);
    const std::string block = "symbolic_model.experts.FCblocks." + std::to_string(expert);
    const std::string out = place(name, experts_[expert].size() - 1, experts_[expert].size());
    const int64_t row = panels_.context + 1;
    join(feature_block + ".transform2", place(name, 0, experts_[expert].size()),
         joint::every(features, row));
    for (const std::string& source : {group_out, group_block + ".transform2"}) {
      join(source, place(name, 0, experts_[expert].size()), joint::every(width, row));
    }
    join_mlp(name, experts_[expert]);
    join(out, block + ".norm_in", joint::same(1));
    join_residual(block, 1);
    joint::Pairs inputs;
    for (int64_t feature = 0; feature < features; ++feature) {
      inputs.emplace_back(0, feature * options().relations() + static_cast<int64_t>(expert));
    }
    for (const std::string& source : {out, block + ".transform2"}) {
      join(source, place("symbolic_model.scorer.mlps.0", 0, scorer_.size()), inputs);
    }
  }
  join_mlp("symbolic_model.scorer.mlps.0", scorer_);
}

Tensor OfficialScl::vision(const Tensor& images, const Tensor& repetitions) {
  Tensor x = images;
  for (size_t i = 0; i < convolutions_.size(); ++i) {
    x = norms_[i](convolutions_[i](x), repetitions).relu_();
  }
  const int64_t groups = options().attribute_heads();
  const int64_t width = options().features() / groups;
  x = run(spatial_, x.flatten(2));                                  // [n, channels, features]
  x = x.view({x.size(0), x.size(1), groups, width});                // [n, channels, groups, width]
  x = x.transpose(1, 2).reshape({x.size(0), groups, -1});           // [n, groups, channels*width]
  return group_residual_(run(group_, x)).reshape({x.size(0), -1});  // [n, features]
}

Tensor OfficialScl::forward(const Batch& batch) {
  const int64_t problems = batch.input.size(0);
  const bool weighted = norms_[0]->training() && options().batch_statistics() == "repeated";
  const Tensor seen =
      vision(panels_.as_images(batch.input), weighted ? panels_.repetitions(problems) : Tensor());
  const Tensor rows = panels_.rows(feature_residual_(seen));  // [n, candidates, features, panels]
  std::vector<Tensor> relations;
  for (size_t expert = 0; expert < experts_.size(); ++expert) {
    relations.push_back(expert_residuals_[expert](run(experts_[expert], rows)));
  }
  const Tensor shares = torch::softmax(torch::cat(relations, 3), 3);  // [.., features, relations]
  return run(scorer_, shares.reshape({problems, panels_.candidates, -1})).squeeze(2);
}

}  // namespace modhost_scl
