#include "plan.h"

#include <modhost/error.h>

namespace modhost_cnn {
namespace {

using Steps = std::vector<Step>;
using Kind = Step::Kind;

Step conv(int64_t channels) { return {Kind::conv, channels}; }
Step valid_conv(int64_t channels) { return {Kind::conv, channels, 3, 0}; }
Step linear(int64_t features) { return {Kind::linear, features}; }
Step relu() { return {Kind::activation}; }
Step norm() { return {Kind::norm}; }
Step pool() { return {Kind::pool}; }
Step drop(double p) {
  Step step{Kind::dropout};
  step.p = p;
  return step;
}

// Csordas et al. 2021: CIFAR-10.
Plan cifar(int64_t classes) {
  Plan plan;
  plan.features = {conv(32),   relu(), pool(), conv(64),  relu(), pool(),   conv(128),
                   drop(0.25), relu(), pool(), conv(256), relu(), drop(0.5)};
  plan.mean = true;
  plan.classifier = {linear(classes)};
  plan.output_name = "out_layer";
  return plan;
}

// Filan et al. 2021, Hod et al. 2021, in Keras.
Plan cnn(int64_t classes) {
  Plan plan;
  plan.features = {conv(64),   relu(),   drop(0.25), conv(64), relu(),    pool(),
                   drop(0.25), conv(64), relu(),     pool(),   drop(0.25)};
  plan.classifier = {linear(128), relu(), drop(0.5), linear(classes)};
  plan.start = Start::xavier_uniform;
  return plan;
}

// Channels of the convolutions of VGG networks; 0 is a 2x2 max pooling (Simonyan, Zisserman 2015).
std::vector<int64_t> vgg_channels(int64_t depth) {
  std::vector<int64_t> out;
  const int64_t shallow = depth == 11 ? 1 : 2;  // convolutions of the first two blocks
  const int64_t deep = depth == 19 ? 4 : depth == 16 ? 3 : 2;
  for (const auto& [channels, count] : std::vector<std::pair<int64_t, int64_t>>{
           {64, shallow}, {128, shallow}, {256, deep}, {512, deep}, {512, deep}}) {
    out.insert(out.end(), static_cast<size_t>(count), channels);
    out.push_back(0);
  }
  return out;
}

// The VGG-16 of the same studies: batch normalisation comes after the activation and the pooling.
Plan cnn_vgg(int64_t classes) {
  Plan plan;
  const std::vector<int64_t> channels = vgg_channels(16);
  for (size_t i = 0; i < channels.size(); ++i) {
    if (channels[i] == 0) continue;
    const bool pooled = channels[i + 1] == 0;
    const bool last = i + 2 == channels.size();
    plan.features.insert(plan.features.end(), {conv(channels[i]), relu()});
    if (pooled) plan.features.push_back(pool());
    plan.features.push_back(norm());
    if (!pooled) plan.features.push_back(drop(i == 0 ? 0.3 : 0.4));
    if (last) plan.features.push_back(drop(0.5));
  }
  plan.classifier = {linear(512), relu(), norm(), drop(0.5), linear(512), relu(), linear(classes)};
  plan.start = Start::xavier_uniform;
  plan.norm_eps = 1e-3;  // of Keras
  plan.norm_momentum = 0.01;
  return plan;
}

Plan mnist_cnn(int64_t classes) {
  Plan plan;
  plan.features = {valid_conv(32), relu(),     valid_conv(64),  relu(),
                   pool(),         drop(0.25), valid_conv(128), relu()};
  plan.classifier = {linear(256), relu(), drop(0.5), linear(classes)};
  return plan;
}

Plan cifar10_6(int64_t classes, bool normalised) {
  Plan plan;
  int64_t number = 0;
  for (const int64_t channels : {64, 128, 128, 256}) {
    const bool second = ++number % 2 == 0;
    plan.features.push_back(conv(channels));
    if (normalised && second) plan.features.push_back(norm());
    plan.features.push_back(relu());
    if (second) plan.features.push_back(pool());
  }
  plan.classifier = {linear(256), relu(), drop(0.5), linear(classes)};
  return plan;
}

Plan vgg(int64_t depth, bool normalised, int64_t classes) {
  Plan plan;
  for (const int64_t channels : vgg_channels(depth)) {
    plan.features.push_back(channels == 0 ? pool() : conv(channels));
    if (channels == 0) continue;
    if (normalised) plan.features.push_back(norm());
    plan.features.push_back(relu());
  }
  plan.classifier = {drop(0.5),   linear(512), relu(),         drop(0.5),
                     linear(512), relu(),      linear(classes)};
  plan.start = Start::he_fan_out;
  return plan;
}

// As torchvision has them; at 224 x 224 pixels its adaptive pooling to 7 x 7 positions does
// nothing.
Plan imagenet_vgg(int64_t depth, bool normalised, int64_t classes) {
  constexpr int64_t kHidden = 4096;
  Plan plan = vgg(depth, normalised, classes);
  plan.classifier = {linear(kHidden), relu(),    drop(0.5),      linear(kHidden),
                     relu(),          drop(0.5), linear(classes)};
  plan.start = Start::torchvision;
  return plan;
}

Plan free_plan(const CnnOptions& options, int64_t classes) {
  Plan plan;
  const Step activation{Kind::activation, 0, 3, 1, 0, options.activation()};
  int64_t number = 0;
  for (const int64_t channels : options.channels()) {
    plan.features.push_back({Kind::conv, channels, options.kernel(), options.kernel() / 2});
    if (options.batch_norm()) plan.features.push_back(norm());
    plan.features.push_back(activation);
    const bool pooled = options.pool() > 0 && ++number % options.pool() == 0;
    if (pooled) plan.features.push_back(pool());
  }
  plan.mean = options.head() == "mean";
  for (const int64_t width : options.hidden()) {
    plan.classifier.insert(plan.classifier.end(),
                           {linear(width), activation, drop(options.drop())});
  }
  plan.classifier.push_back(linear(classes));
  return plan;
}

Plan named_plan(const CnnOptions& options, int64_t classes) {
  const std::string& name = options.preset();
  if (name == "cifar") return cifar(classes);
  if (name == "cnn") return cnn(classes);
  if (name == "cnn_vgg") return cnn_vgg(classes);
  if (name == "mnist_cnn") return mnist_cnn(classes);
  if (name.rfind("cifar10_6", 0) == 0) return cifar10_6(classes, name == "cifar10_6_bn");
  if (name == "free") return free_plan(options, classes);
  const size_t depth = name.find("vgg") + 3;
  const bool normalised = name.size() > depth + 2;
  return (depth > 3 ? imagenet_vgg : vgg)(std::stoll(name.substr(depth, 2)), normalised, classes);
}

// A rectified maximum is the maximum of the rectified, gradients included; it has a quarter of the
// numbers to rectify.
void pool_before_relu(Steps& steps) {
  for (size_t i = 1; i < steps.size(); ++i) {
    const bool swaps = steps[i - 1].kind == Kind::activation && steps[i - 1].name == "relu" &&
                       steps[i].kind == Kind::pool;
    if (swaps) std::swap(steps[i - 1], steps[i]);
  }
}

}  // namespace

void CnnOptions::validate() const {
  check(kernel() % 2 == 1, ErrorCode::config,
        "option 'model.kernel': " + std::to_string(kernel()) +
            " is even; images would not keep "
            "their side",
        "take " + std::to_string(kernel() + 1));
  if (preset() == "free") return;
  const std::vector<const OptionBase*> of_free{&channels,   &kernel, &pool,   &batch_norm,
                                               &activation, &head,   &hidden, &drop};
  for (const OptionBase* option : of_free) {
    check(option->value_text() == option->default_text(), ErrorCode::config,
          "option 'model." + option->name() + "' belongs to the preset 'free', not to '" +
              preset() + "'",
          "add model.preset = free, or leave it out");
  }
}

Plan plan_of(const CnnOptions& options, int64_t classes) {
  Plan plan = named_plan(options, classes);
  pool_before_relu(plan.features);
  if (options.dropout()) return plan;
  for (Steps* steps : {&plan.features, &plan.classifier}) {
    for (Step& step : *steps) step.p = 0;
  }
  return plan;
}

}  // namespace modhost_cnn
