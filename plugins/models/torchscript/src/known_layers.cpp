#include "known_layers.h"

#include <modhost/nn.h>

#include <algorithm>
#include <set>

#include "lengths.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Kind = Argument::Kind;
using Made = std::shared_ptr<Layer>;

// One call and the module whose parameters it takes.
class Use {
 public:
  Use(const ModuleParameters& module, const Call& call) : module_(module), call_(call) {}

  const std::string& operation() const { return call_.operation; }
  int64_t rank() const { return call_.rank; }
  bool has(const std::string& name) const { return module_.positions.count(name) > 0; }
  size_t count() const { return module_.positions.size(); }
  const Lengths& shape(const std::string& name) const { return module_.shapes.at(name); }

  // Is this parameter, or with `absent` None, the argument there?
  bool is(const std::string& name, size_t argument, bool absent = false,
          Kind kind = Kind::parameter) const {
    const Argument& given = call_.arguments.at(argument);
    if (!has(name)) return absent && given.kind == Kind::constant && given.constant.isNone();
    return given.kind == kind && given.parameter == module_.positions.at(name);
  }
  const c10::IValue& constant(size_t argument) const {
    return call_.arguments.at(argument).constant;
  }
  Lengths lengths(size_t argument) const {
    return constant(argument).isIntList() ? constant(argument).toIntVector() : Lengths{};
  }

 private:
  const ModuleParameters& module_;
  const Call& call_;
};

Made linear(const Use& use) {
  const bool fits =
      use.operation() == "addmm"
          ? use.is("weight", 2, false, Kind::transposed_parameter) && use.is("bias", 0)
          : use.is("weight", 1) && use.is("bias", 2, true);
  if (!fits || use.shape("weight").size() != 2) return nullptr;
  return std::make_shared<nn::LinearLayer>(use.shape("weight")[1], use.shape("weight")[0],
                                           use.has("bias"));
}

Made convolution(const Use& use) {
  const bool general = use.operation() == "_convolution";
  if (!use.is("weight", 1) || !use.is("bias", 2, true)) return nullptr;
  if (general && use.constant(6).toBool()) return nullptr;  // transposed
  const Lengths shape = use.shape("weight");
  const Lengths stride = use.lengths(3), padding = use.lengths(4), dilation = use.lengths(5);
  if (stride.empty() || padding.empty() || dilation.empty()) return nullptr;
  const int64_t groups = use.constant(general ? 8 : 6).toInt();
  const int64_t in = shape[1] * groups;
  if (shape.size() == 3) {
    const ops::Conv1dGeometry how{stride[0], padding[0], dilation[0], groups};
    return std::make_shared<nn::Conv1dLayer>(in, shape[0], shape[2], how, use.has("bias"));
  }
  if (shape.size() != 4) return nullptr;
  const ops::Conv2dGeometry how{sides(stride), sides(padding), sides(dilation), groups};
  return std::make_shared<nn::Conv2dLayer>(in, shape[0], ops::Sides(shape[2], shape[3]), how,
                                           use.has("bias"));
}

Made layer_norm(const Use& use) {
  const bool fits = use.is("weight", 2) && use.is("bias", 3) && use.shape("weight").size() == 1;
  if (!fits) return nullptr;
  return std::make_shared<nn::LayerNormLayer>(use.shape("weight")[0], use.constant(4).toDouble());
}

Made group_norm(const Use& use) {
  if (!use.is("weight", 2) || !use.is("bias", 3)) return nullptr;
  return std::make_shared<nn::GroupNormLayer>(use.constant(1).toInt(), use.shape("weight")[0],
                                              use.constant(4).toDouble());
}

// batch_norm(x, weight, bias, mean, variance, training, momentum, eps, ...)
Made batch_norm(const Use& use) {
  const bool fits = use.is("weight", 1) && use.is("bias", 2) && use.constant(6).isDouble();
  if (!fits) return nullptr;
  const int64_t channels = use.shape("weight")[0];
  const double momentum = use.constant(6).toDouble(), eps = use.constant(7).toDouble();
  if (use.rank() == 4) return std::make_shared<nn::BatchNorm2dLayer>(channels, eps, momentum);
  if (use.rank() != 2 && use.rank() != 3) return nullptr;
  return std::make_shared<nn::BatchNorm1dLayer>(channels, eps, momentum);
}

// embedding(weight, tokens, padding, scale_grad_by_freq, sparse)
Made embedding(const Use& use) {
  if (!use.is("weight", 0) || !use.constant(2).isInt()) return nullptr;
  const Lengths shape = use.shape("weight");
  return std::make_shared<nn::EmbeddingLayer>(shape[0], shape[1],
                                              std::max<int64_t>(use.constant(2).toInt(), -1));
}

// lstm, gru, rnn_tanh, rnn_relu(x, state, weights, biases?, layers, dropout, training, both ways?,
// batch first?)
Made recurrent(const Use& use) {
  const bool one_way = use.constant(7).isBool() && !use.constant(7).toBool();
  if (!one_way || !use.has("weight_ih_l0") || use.has("weight_hr_l0")) return nullptr;
  nn::RecurrentSettings settings;
  settings.layers = use.constant(4).toInt();
  settings.biases = use.has("bias_ih_l0") ? 2 : 0;
  settings.dropout = use.constant(5).toDouble();
  const int64_t in = use.shape("weight_ih_l0")[1], hidden = use.shape("weight_hh_l0")[1];
  if (use.operation() == "lstm") return std::make_shared<nn::LstmLayer>(in, hidden, settings);
  if (use.operation() == "gru") return std::make_shared<nn::GruLayer>(in, hidden, settings);
  return std::make_shared<nn::RnnLayer>(in, hidden, settings,
                                        use.operation() == "rnn_relu" ? "relu" : "tanh");
}

// lstm_cell, gru_cell, rnn_tanh_cell, rnn_relu_cell(x, state, w_ih, w_hh, b_ih, b_hh)
Made recurrent_cell(const Use& use) {
  const bool fits = use.is("weight_ih", 2) && use.is("weight_hh", 3) &&
                    use.is("bias_ih", 4, true) && use.is("bias_hh", 5, true);
  if (!fits) return nullptr;
  const int64_t in = use.shape("weight_ih")[1], hidden = use.shape("weight_hh")[1];
  const int64_t biases = use.has("bias_ih") ? 2 : 0;
  if (use.operation() == "lstm_cell")
    return std::make_shared<nn::LstmCellLayer>(in, hidden, biases);
  if (use.operation() == "gru_cell") return std::make_shared<nn::GruCellLayer>(in, hidden, biases);
  return std::make_shared<nn::RnnCellLayer>(in, hidden, biases,
                                            use.operation() == "rnn_relu_cell" ? "relu" : "tanh");
}

Made made_for(const Use& use) {
  using Maker = Made (*)(const Use&);
  static const std::map<std::string, Maker> makers = {{"linear", linear},
                                                      {"addmm", linear},
                                                      {"conv1d", convolution},
                                                      {"conv2d", convolution},
                                                      {"_convolution", convolution},
                                                      {"layer_norm", layer_norm},
                                                      {"group_norm", group_norm},
                                                      {"batch_norm", batch_norm},
                                                      {"embedding", embedding},
                                                      {"lstm", recurrent},
                                                      {"gru", recurrent},
                                                      {"rnn_tanh", recurrent},
                                                      {"rnn_relu", recurrent},
                                                      {"lstm_cell", recurrent_cell},
                                                      {"gru_cell", recurrent_cell},
                                                      {"rnn_tanh_cell", recurrent_cell},
                                                      {"rnn_relu_cell", recurrent_cell}};
  const auto found = makers.find(use.operation());
  if (found == makers.end()) return nullptr;
  try {
    return found->second(use);
  } catch (const std::exception&) {  // arguments of other types or numbers than expected
    return nullptr;
  }
}

}  // namespace

Made known_layer(const ModuleParameters& module, const std::vector<Call>& calls) {
  std::set<size_t> own;
  for (const auto& [name, position] : module.positions) own.insert(position);
  Made made;
  std::string operation;
  for (const Call& call : calls) {
    const bool uses = std::any_of(call.parameters.begin(), call.parameters.end(),
                                  [&](size_t position) { return own.count(position) > 0; });
    if (!uses) continue;
    const Made found = made_for(Use(module, call));
    if (found == nullptr || (made != nullptr && operation != call.operation)) return nullptr;
    made = found;
    operation = call.operation;
  }
  return made;
}

}  // namespace modhost_torchscript
