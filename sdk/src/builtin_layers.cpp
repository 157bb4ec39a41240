// The layer kinds of the SDK in the registry.
#include "modhost/nn.h"
#include "modhost/registry.h"

namespace modhost {
inline namespace v1 {
namespace {

// One type for each name, as the registry wants it.
template <const char* kName>
class NamedActivation : public nn::ActivationLayer {
 public:
  using OptionsType = nn::NoOptions;
  explicit NamedActivation(const nn::NoOptions&) : ActivationLayer(kName) {}
};
constexpr char kRelu[] = "relu", kGelu[] = "gelu", kSilu[] = "silu", kTanh[] = "tanh",
               kSigmoid[] = "sigmoid";

void register_weighted(Registry& registry) {
  registry.layer<nn::LinearLayer>("linear", "y = x W^T + b over the last dimension");
  registry.layer<nn::Conv1dLayer>("conv1d", "one-dimensional convolution");
  registry.layer<nn::Conv2dLayer>("conv2d", "two-dimensional convolution");
}

void register_norms(Registry& registry) {
  registry
      .layer<nn::BatchNorm1dLayer>("batch_norm1d", "batch normalisation of features or sequences")
      .paper("Ioffe and Szegedy 2015");
  registry.layer<nn::BatchNorm2dLayer>("batch_norm2d", "batch normalisation of channels")
      .paper("Ioffe and Szegedy 2015");
  registry.layer<nn::LayerNormLayer>("layer_norm", "normalisation of the last dimension")
      .paper("Ba, Kiros, Hinton 2016");
  registry.layer<nn::GroupNormLayer>("group_norm", "normalisation of runs of channels")
      .paper("Wu and He 2018");
}

void register_recurrent(Registry& registry) {
  registry.layer<nn::LstmLayer>("lstm", "long short-term memory over sequences, in layers")
      .paper("Hochreiter and Schmidhuber 1997");
  registry.layer<nn::GruLayer>("gru", "gated recurrent units over sequences, in layers")
      .paper("Cho et al. 2014");
  registry.layer<nn::RnnLayer>("rnn", "simple recurrent network over sequences, in layers")
      .paper("Elman 1990");
  registry.layer<nn::LstmCellLayer>("lstm_cell", "one step of a long short-term memory");
  registry.layer<nn::GruCellLayer>("gru_cell", "one step of gated recurrent units");
  registry.layer<nn::RnnCellLayer>("rnn_cell", "one step of a simple recurrent network");
}

void register_for_tokens(Registry& registry) {
  registry.layer<nn::EmbeddingLayer>("embedding", "features of each token");
  registry.layer<nn::MultiheadAttentionLayer>("multihead_attention", "self-attention")
      .paper("Vaswani et al. 2017");
  registry
      .layer<nn::PositionalEncodingLayer>("positional_encoding",
                                          "adds sines and cosines of the position")
      .paper("Vaswani et al. 2017");
}

void register_without_parameters(Registry& registry) {
  registry.layer<nn::DropoutLayer>("dropout", "random zeros in training")
      .paper("Srivastava et al. 2014");
  registry.layer<NamedActivation<kRelu>>("relu", "max(x, 0)");
  registry.layer<NamedActivation<kGelu>>("gelu", "x times the normal distribution function of x");
  registry.layer<NamedActivation<kSilu>>("silu", "x times sigmoid(x)");
  registry.layer<NamedActivation<kTanh>>("tanh", "hyperbolic tangent");
  registry.layer<NamedActivation<kSigmoid>>("sigmoid", "1 / (1 + exp(-x))");
  registry.layer<nn::SoftmaxLayer>("softmax", "softmax over the last dimension");
  registry.layer<nn::MaxPool1dLayer>("max_pool1d", "largest entry of each window of a sequence");
  registry.layer<nn::MaxPool2dLayer>("max_pool2d", "largest entry of each window of an image");
  registry.layer<nn::AvgPool2dLayer>("avg_pool2d", "mean of each window of an image");
  registry.layer<nn::GlobalAvgPoolLayer>("global_avg_pool", "mean over all positions");
  registry.layer<nn::FlattenLayer>("flatten", "one row of features for each sample");
}

}  // namespace

void register_builtin_layers(Registry& registry) {
  register_weighted(registry);
  register_norms(registry);
  register_recurrent(registry);
  register_for_tokens(registry);
  register_without_parameters(registry);
}

}  // namespace v1
}  // namespace modhost
