#include "network.h"

#include <modhost/error.h>
#include <modhost/nn_simple.h>
#include <modhost/random.h>

#include <optional>
#include <utility>

#include "generator_scope.h"
#include "study.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::vector<Parameter> provisional(const ScriptFile& file, const std::vector<size_t>& trained) {
  std::vector<Parameter> parameters;
  for (const size_t i : trained) {
    const Tensor& tensor = file.tensors[i].tensor;
    parameters.emplace_back(file.tensors[i].name, std::vector<int64_t>{}, Init{}, true);
    parameters.back().tensor() = tensor.to(torch::kFloat);
  }
  return parameters;
}

class ComparingScope {
 public:
  explicit ComparingScope(const std::vector<std::unique_ptr<Site>>& sites) : sites_(sites) {
    for (const auto& site : sites) site->compare();
  }
  ComparingScope(const ComparingScope&) = delete;
  ComparingScope& operator=(const ComparingScope&) = delete;
  ~ComparingScope() {
    for (const auto& site : sites_) site->stop_comparing();
  }

 private:
  const std::vector<std::unique_ptr<Site>>& sites_;
};

// Of dropout that is switched on.
std::optional<double> drop_probability(const Call& call) {
  if (call.operation != "dropout" || call.arguments.size() != 3) return std::nullopt;
  const c10::IValue &p = call.arguments[1].constant, &training = call.arguments[2].constant;
  const bool fixed = p.isDouble() && training.isBool() && training.toBool();
  const bool batch = call.arguments[0].kind == Argument::Kind::batch;
  return fixed && batch ? std::optional<double>(p.toDouble()) : std::nullopt;
}

// One seed for several parts is one for each, derived from it.
uint64_t seed_of_part(const Mode& mode, int64_t part) {
  const std::vector<uint64_t>& seeds = mode.noise.seeds;
  const bool shared = static_cast<int64_t>(seeds.size()) < mode.parts;
  const uint64_t seed = shared ? derive_seed(seeds.front(), static_cast<uint64_t>(part))
                               : seeds[static_cast<size_t>(part)];
  return derive_seed(seed, mode.noise.step);
}

}  // namespace

Network::Network(ScriptFile file) : file_(std::move(file)) {
  for (size_t i = 0; i < file_.tensors.size(); ++i) {
    const OwnedTensor& owned = file_.tensors[i];
    if (!owned.trained || owned.same_as >= 0) continue;
    trained_.push_back(i);
    names_.push_back(full_name(owned));
  }
  weights_.set_parameters(provisional(file_, trained_));
  evaluation_ = make_programs(false, device_);
  training_ = make_programs(true, device_);
  foreign_devices_ = evaluation_.prepared.foreign_devices;
  why_passes_ = evaluation_.sites->obstacle();
}

Network::Programs Network::make_programs(bool training, torch::Device device) {
  Programs made;
  made.prepared = prepare_graph(file_, trained_, training, device);
  made.passes = std::make_unique<PassProgram>(made.prepared, file_.module);
  made.sites = std::make_unique<SiteProgram>(made.prepared, file_.module, names_, &weights_);
  return made;
}

const std::vector<std::unique_ptr<Site>>& Network::sites() const {
  return evaluation_.sites->sites();
}

void Network::study(const Tensor& small, const Tensor& changed, const Tensor& large,
                    const Trial& trial) {
  const torch::NoGradGuard no_grad;
  if (!why_passes_.empty()) return;
  const BufferScope buffers(file_);
  const auto observed = [&](const SiteProgram& program, const Tensor& x) {
    const GeneratorScope generator(x.device(), 0);  // code that draws gets the same numbers again
    return program.observe(x);
  };
  const auto learnt = [&](const SiteProgram& program) {
    if (!program.obstacle().empty()) return program.obstacle();
    return teach_layouts(observed(program, small), observed(program, changed),
                         observed(program, large), trial);
  };
  why_passes_ = learnt(*evaluation_.sites);
  try {
    const SiteProgram training(at_rest(training_.prepared), file_.module, names_, &weights_);
    why_training_passes_ = learnt(training);
    copy_layouts(training, *training_.sites);
  } catch (const std::exception& error) {
    why_training_passes_ = short_reason(error);
  }
}

void Network::make_layers() {
  std::vector<Call> calls;
  for (const auto& site : sites()) {
    if (site->runs() || !why_passes_.empty()) calls.push_back(site->call());
  }
  layers_ = modhost_torchscript::make_layers(file_, trained_, calls);
  weights_.set_parameters(layers_.parameters);
  make_dropout();
  choose_kernels(*evaluation_.sites);
  choose_kernels(*training_.sites);
}

// A layer for each place in training that drops something with a probability that never changes.
void Network::make_dropout() {
  std::set<std::string> taken;
  for (const ScriptLayer& layer : layers_.layers) taken.insert(layer.name);
  for (const auto& site : training_.sites->sites()) {
    const auto p = drop_probability(site->call());
    if (!p) continue;
    std::string name = "dropout." + std::to_string(dropout_.size());
    while (taken.count(name) > 0) name += "_";
    dropout_.push_back(std::make_shared<nn::DropoutLayer>(*p));
    layers_.layers.push_back({name, dropout_.back()});
  }
}

void Network::choose_kernels(SiteProgram& program) {
  size_t dropped = 0;
  for (const auto& site : program.sites()) {
    site->set_order(order_);
    if (&program == training_.sites.get() && drop_probability(site->call())) {
      const auto layer = dropout_.at(dropped++);
      site->set_kernel({[layer](const Tensors& x) { return Tensors{layer->forward(x[0])}; },
                        site->call().arguments[0].inputs, Places::leading});
    } else if (wrong_kernels_.count(site_key(*site)) == 0) {
      KernelContext context;
      context.weights = &weights_;
      context.layer_of = [this](size_t parameter) { return layers_.owners[parameter]; };
      context.runs_once = [site = site.get()] { return site->runs_once(); };
      if (auto choice = choose_kernel(site->call(), context)) site->set_kernel(std::move(*choice));
    }
  }
}

Network::Programs& Network::programs(bool training, torch::Device device) {
  if (device != device_) {
    Programs evaluation = make_programs(false, device), trained = make_programs(true, device);
    copy_layouts(*evaluation_.sites, *evaluation.sites);
    copy_layouts(*training_.sites, *trained.sites);
    evaluation_ = std::move(evaluation);
    training_ = std::move(trained);
    choose_kernels(*evaluation_.sites);
    choose_kernels(*training_.sites);
    device_ = device;
  }
  return training ? training_ : evaluation_;
}

// The modules of the file hold the very tensors of the buffers, so that they change in place.
void Network::move_buffers() {
  for (const BufferLink& link : layers_.buffers) {
    const OwnedTensor& owned = file_.tensors[link.tensor];
    torch::jit::Module module = file_.module_at(owned.owner);
    if (module.attr(owned.name).toTensor().is_same(link.buffer->tensor)) continue;
    module.setattr(owned.name, link.buffer->tensor);
  }
}

// What forward assigned anew.
void Network::take_buffers() {
  const torch::NoGradGuard no_grad;
  for (const BufferLink& link : layers_.buffers) {
    const OwnedTensor& owned = file_.tensors[link.tensor];
    torch::jit::Module module = file_.module_at(owned.owner);
    const Tensor now = module.attr(owned.name).toTensor();
    if (now.is_same(link.buffer->tensor)) continue;
    link.buffer->tensor.copy_(now);
    module.setattr(owned.name, link.buffer->tensor);
  }
}

Tensor Network::forward(const Tensor& x, const Mode& mode) {
  const Programs& use = programs(mode.training, x.device());
  const bool split = why_passes_.empty() && use.sites->obstacle().empty() &&
                     !(mode.training && !why_training_passes_.empty());
  if (!split) return forward_in_passes(x, mode);
  move_buffers();
  try {
    const ForwardScope scope(weights_, mode.parts, x.size(0));
    std::optional<GeneratorScope> generator;
    if (mode.training || use.prepared.random) {
      generator.emplace(x.device(), seed_of_part(mode, 0));
    }
    const Tensor y = use.sites->run(x);
    take_buffers();
    return y;
  } catch (const UnknownLayout& unknown) {
    (mode.training ? why_training_passes_ : why_passes_) =
        "'" + unknown.site->name() + "' (" + unknown.site->call().operation +
        ") was not reached when the network was looked at";
    return forward_in_passes(x, mode);
  }
}

void Network::drop_wrong_kernels(const Tensor& x, const Mode& mode, double tolerance) {
  {
    const ComparingScope comparing(sites());
    forward(x, mode);
  }
  for (const auto& site : sites()) {
    if (site->difference() > tolerance) wrong_kernels_.insert(site_key(*site));
  }
  for (const Programs* programs : {&evaluation_, &training_}) {
    for (const auto& site : programs->sites->sites()) {
      if (wrong_kernels_.count(site_key(*site)) > 0) site->drop_kernel();
    }
  }
}

void Network::set_order(MemoryOrder order) {
  order_ = order;
  for (const Programs* programs : {&evaluation_, &training_}) {
    for (const auto& site : programs->sites->sites()) site->set_order(order);
  }
}

std::vector<Observation> Network::trace(const Tensor& x,
                                        const std::function<bool(const Site&)>& cut) {
  for (const auto& site : sites()) site->set_cut(cut(*site));
  move_buffers();
  std::vector<Observation> seen = evaluation_.sites->observe(x);
  for (const auto& site : sites()) site->set_cut(false);
  return seen;
}

Tensor Network::forward_in_passes(const Tensor& x, const Mode& mode) {
  const Programs& use = programs(mode.training, x.device());
  check(x.size(0) % mode.parts == 0, ErrorCode::shape,
        "a batch of " + std::to_string(x.size(0)) + " rows does not divide into " +
            std::to_string(mode.parts) + " equal parts");
  move_buffers();
  const ForwardScope scope(weights_, mode.parts, x.size(0));
  std::vector<Tensor> outputs;
  for (int64_t part = 0; part < mode.parts; ++part) {
    std::vector<Tensor> parameters;
    for (size_t i = 0; i < weights_.size(); ++i) parameters.push_back(weights_.of_part(i, part));
    std::optional<GeneratorScope> generator;
    if (mode.training || use.prepared.random) {
      generator.emplace(x.device(), seed_of_part(mode, part));
    }
    const int64_t rows = x.size(0) / mode.parts;
    outputs.push_back(use.passes->run(x.narrow(0, part * rows, rows), parameters));
    take_buffers();
  }
  return outputs.size() == 1 ? outputs[0] : torch::cat(outputs);
}

}  // namespace modhost_torchscript
