#include "model_cases.h"

#include <dlfcn.h>
#include <modhost/error.h>
#include <modhost/loss.h>
#include <modhost/mask.h>
#include <modhost/plugin.h>
#include <modhost/random.h>
#include <torch/optim/adam.h>

#include <catch2/catch.hpp>
#include <set>

namespace modhost::test {
namespace {

constexpr double kTolerance = 1e-11;

// Loaded once; plugins are never unloaded.
const ModelEntry& entry_of(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Registry>> loaded;
  std::unique_ptr<Registry>& registry = loaded[name];
  if (registry == nullptr) {
    registry = std::make_unique<Registry>(name);
    const std::string path = std::string(MODHOST_PLUGIN_DIR) + "/" + name + "/" + name + ".so";
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw Error(ErrorCode::plugin, path + ": " + dlerror());
    using Entry = const modhost_plugin_v1* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "modhost_plugin_entry_v1"));
    const modhost_host_v1 host{sizeof host, MODHOST_SDK_ABI, "test", registry.get()};
    modhost_error_v1 error{sizeof error, {}};
    check(entry()->load(&host, &error) == 0, ErrorCode::plugin, error.message);
  }
  const ModelEntry* model = registry->find_model(name);
  check(model != nullptr, ErrorCode::plugin, "no model '" + name + "'");
  return *model;
}

OptionTable table_of(const Texts& texts) {
  OptionTable table;
  for (const auto& [key, text] : texts) table[key] = {text, "", true};
  return table;
}

Tensor integers(torch::IntArrayRef shape, int64_t bound, uint64_t seed) {
  RandomStream random(seed);
  Tensor out = torch::empty(shape, torch::kLong);
  for (int64_t i = 0; i < out.numel(); ++i) {
    out.data_ptr<int64_t>()[i] = static_cast<int64_t>(random.below(bound));
  }
  return out;
}

Tensor normals(torch::IntArrayRef shape, uint64_t seed) {
  RandomStream random(seed);
  Tensor out = torch::empty(shape, torch::kDouble);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_ptr<double>()[i] = random.normal();
  return out;
}

std::vector<int64_t> with_rows(int64_t rows, const std::vector<int64_t>& shape) {
  std::vector<int64_t> out{rows};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

Tensor lengths(int64_t rows, int64_t longest, uint64_t seed) {
  Tensor out = integers({rows}, longest, seed) + 1;
  if (rows > 0) out[0] = longest;
  return out;
}

// Ended and padded by the last token of the vocabulary.
void set_tokens(Batch& batch, const Signature& signature, int64_t rows, uint64_t seed) {
  const int64_t longest = signature.output_shape[0], end = signature.output_shape[1] - 1;
  batch.target_length = lengths(rows, longest, seed);
  const Tensor inside = torch::arange(longest) < (batch.target_length - 1).unsqueeze(1);
  const Tensor tokens = integers({rows, longest}, end, seed + 1);
  batch.target = torch::where(inside, tokens, torch::full_like(tokens, end));
}

double max_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return a.numel() == 0 ? 0 : (a - b).abs().max().item<double>();
}

Batch part_of(const Batch& batch, int64_t first, int64_t rows) {
  const auto cut = [&](const Tensor& tensor) {
    return tensor.defined() ? tensor.narrow(0, first, rows) : tensor;
  };
  return {cut(batch.input), cut(batch.target), cut(batch.input_length), cut(batch.target_length),
          batch.steps};
}

// Leaf variants [E, *shape] of every parameter, near its initial values.
NamedTensors leaf_variants(const ModelBase& model, int64_t parts) {
  NamedTensors out;
  for (const Parameter& parameter : model.parameters()) {
    const Tensor& plain = parameter.tensor();
    const Tensor noise = normals(with_rows(parts, plain.sizes().vec()), out.size() + 100);
    out.emplace_back(parameter.name(),
                     (plain.unsqueeze(0) + 0.1 * noise).detach().set_requires_grad(true));
  }
  return out;
}

Variations part_variants(const NamedTensors& variants, int64_t first, int64_t count) {
  Variations out;
  for (const auto& [name, tensor] : variants) {
    out[name] = given_variants(tensor.narrow(0, first, count));
  }
  return out;
}

std::vector<Tensor> buffer_copies(const ModelBase& model) {
  std::vector<Tensor> out;
  for (const auto& [name, tensor] : model.buffers()) out.push_back(tensor.clone());
  return out;
}

void restore_buffers(const ModelBase& model, const std::vector<Tensor>& values) {
  size_t index = 0;
  for (const auto& [name, tensor] : model.buffers()) Tensor(tensor).copy_(values[index++]);
}

// One forward over `parts` variants against one pass for each.
void check_ensemble(ModelBase& model, int64_t parts, bool training) {
  constexpr int64_t kRows = 2;
  INFO("E = " << parts << ", training " << training);
  model.set_training(training);
  const Batch batch = random_batch(model.signature(), parts * kRows, 7);
  const NamedTensors variants = leaf_variants(model, parts);
  const std::vector<Tensor> buffers = buffer_copies(model);
  std::vector<uint64_t> seeds;
  for (int64_t part = 0; part < parts; ++part) seeds.push_back(50 + part);

  Tensor together;
  {
    const EnsembleScope scope(model, parts, part_variants(variants, 0, parts));
    model.set_noise({seeds, 3});
    together = model.forward(batch);
  }
  std::vector<Tensor> single;
  for (int64_t part = 0; part < parts; ++part) {
    if (training) restore_buffers(model, buffers);
    const EnsembleScope scope(model, 1, part_variants(variants, part, 1));
    model.set_noise({{seeds[part]}, 3});
    single.push_back(model.forward(part_of(batch, part * kRows, kRows)));
  }
  if (training) restore_buffers(model, buffers);
  const Tensor apart = torch::cat(single);
  CHECK(max_error(together, apart) < kTolerance);

  std::vector<Tensor> leaves;
  for (const auto& [name, tensor] : variants) leaves.push_back(tensor);
  const Tensor direction = normals(together.sizes(), 9);
  const auto one = torch::autograd::grad({together}, leaves, {direction}, {}, false, true);
  const auto many = torch::autograd::grad({apart}, leaves, {direction}, {}, false, true);
  for (size_t i = 0; i < leaves.size(); ++i) {
    INFO(variants[i].first);
    REQUIRE(one[i].defined() == many[i].defined());
    if (!one[i].defined()) continue;
    const double scale = 1 + many[i].abs().max().item<double>();
    CHECK(max_error(one[i], many[i]) < kTolerance * scale);
  }
}

}  // namespace

std::unique_ptr<ModelBase> make_model(const std::string& name, const Signature& signature,
                                      const OptionTable& table,
                                      std::function<const LayerEntry&(const std::string&)> kinds) {
  const ModelEntry& entry = entry_of(name);
  std::shared_ptr<Options> options = entry.make_options();
  options->assign("model", name, table);
  CHECK(entry.accepts.fits(signature));
  return entry.make({signature, options, std::move(kinds)});
}

std::unique_ptr<ModelBase> make_model(const std::string& name, const Signature& signature,
                                      const Texts& texts) {
  return make_model(name, signature, table_of(texts));
}

std::string refusal(const std::string& name, const Signature& signature,
                    const OptionTable& options) {
  try {
    make_model(name, signature, options);
  } catch (const Error& error) {
    return error.full();
  }
  FAIL(name << " was built");
  return "";
}

std::string refusal(const std::string& name, const Signature& signature, const Texts& texts) {
  return refusal(name, signature, table_of(texts));
}

Signature features(int64_t in, Output output, std::vector<int64_t> out) {
  return {Input::features, {in}, output, std::move(out)};
}

Signature image(std::vector<int64_t> in, int64_t classes) {
  return {Input::image, std::move(in), Output::classes, {classes}};
}

Signature sequence(int64_t steps, int64_t in, Output output, std::vector<int64_t> out,
                   std::vector<int64_t> read_steps) {
  return {Input::sequence, {steps, in}, output, std::move(out), 0, std::move(read_steps)};
}

Signature tokens(int64_t length, int64_t vocabulary, Output output, std::vector<int64_t> out) {
  return {Input::tokens, {length}, output, std::move(out), vocabulary};
}

Batch random_batch(const Signature& signature, int64_t rows, uint64_t seed) {
  Batch batch;
  const std::vector<int64_t> shape = with_rows(rows, signature.input_shape);
  if (signature.input == Input::tokens) {
    batch.input = integers(shape, signature.vocabulary, seed);
    batch.input_length = lengths(rows, shape[1], seed + 1);
  } else {
    batch.input = normals(shape, seed);
  }
  const std::vector<int64_t>& out = signature.output_shape;
  if (signature.output == Output::classes) batch.target = integers({rows}, out[0], seed + 2);
  if (signature.output == Output::digits) batch.target = integers({rows, out[0]}, out[1], seed + 2);
  if (signature.output == Output::bits) {
    batch.target = integers({rows, out[0]}, 2, seed + 2).to(torch::kDouble);
  }
  if (signature.output == Output::values) batch.target = normals({rows, out[0]}, seed + 2);
  if (signature.output == Output::tokens) set_tokens(batch, signature, rows, seed + 2);
  return batch;
}

int64_t masked_count(const ModelBase& model, const std::vector<std::string>& exclude) {
  int64_t count = 0;
  for (const Parameter& parameter : model.parameters()) {
    bool left_out = !parameter.maskable();
    for (const std::string& glob : exclude) {
      left_out = left_out || glob_match(glob, parameter.name());
    }
    if (!left_out) count += parameter.tensor().numel();
  }
  return count;
}

std::vector<std::string> state_names(const ModelBase& model) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : model.state()) out.push_back(name);
  return out;
}

void check_ensemble(const std::function<std::unique_ptr<ModelBase>()>& make) {
  const auto model = make();
  model->initialize(5);
  model->to(torch::kDouble);
  for (const int64_t parts : {1, 3}) {
    for (const bool training : {false, true}) check_ensemble(*model, parts, training);
  }
}

void check_joints(const ModelBase& model) {
  std::map<std::string, std::shared_ptr<Layer>> layers;
  for (const auto& slot : model.layers()) layers[slot.name] = slot.layer;
  std::set<std::string> reached;
  for (const Joint& joint : model.joints()) {
    INFO(joint.from << " -> " << joint.to);
    REQUIRE(layers.count(joint.to) == 1);
    REQUIRE((joint.from.empty() || layers.count(joint.from) == 1));
    for (const auto& [from, to] : joint.pairs) {
      if (!joint.from.empty()) CHECK((from >= 0 && from < layers.at(joint.from)->units_out()));
      CHECK((to >= 0 && to < layers.at(joint.to)->units_in()));
    }
    reached.insert(joint.to);
  }
  for (const auto& slot : model.layers()) {
    INFO(slot.name);
    if (!slot.layer->wiring().empty()) CHECK(reached.count(slot.name) == 1);
  }
}

void check_learns(ModelBase& model, int64_t steps, double lr, double factor) {
  model.initialize(3);
  model.to(torch::kDouble);
  model.require_gradients(true);
  model.set_training(true);
  const Batch batch = random_batch(model.signature(), 8, 11);
  std::vector<Tensor> tensors;
  for (const Parameter& parameter : model.parameters()) tensors.push_back(parameter.tensor());
  torch::optim::Adam optimizer(tensors, torch::optim::AdamOptions(lr));
  double first = 0, last = 0;
  for (int64_t step = 0; step < steps; ++step) {
    model.set_noise({{1}, static_cast<uint64_t>(step)});
    optimizer.zero_grad();
    const Tensor loss = loss_per_sample(model.signature(), model.forward(batch), batch).mean();
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
    if (step == 0) first = last;
  }
  INFO("from " << first << " to " << last);
  CHECK(last < factor * first);
}

void check_shapes(ModelBase& model) {
  const torch::NoGradGuard no_grad;
  model.initialize(2);
  model.to(torch::kDouble);
  model.set_training(false);
  for (const int64_t rows : {0, 1, 5}) {
    INFO(rows << " rows");
    Batch batch = random_batch(model.signature(), rows, 3);
    const Tensor output = model.forward(batch);
    const std::vector<int64_t> shape = with_rows(rows, model.signature().output_shape);
    CHECK(output.sizes() == torch::IntArrayRef(shape));
    CHECK(model.forward(batch.without_target()).sizes() == torch::IntArrayRef(shape));
    batch.input = torch::stack({batch.input, batch.input}, -1).select(-1, 0);  // stride 2
    CHECK(max_error(model.forward(batch), output) < kTolerance);
  }
}

void check_model(const std::function<std::unique_ptr<ModelBase>()>& make) {
  check_ensemble(make);
  const auto model = make();
  check_joints(*model);
  check_shapes(*model);
  check_units(*model);
}

}  // namespace modhost::test
