// Networks that are written in a config: layers of any registered kind, one after another or, where
// they say so, from the sum of earlier ones.
#include <modhost/chain.h>
#include <modhost/error.h>
#include <modhost/plugin.h>
#include <modhost/read_out.h>

#include "layer_table.h"

namespace modhost_sequential {
namespace {

// For a model that is built without a host: the kinds of the SDK.
const LayerEntry& built_in_kind(const std::string& kind) {
  static const std::unique_ptr<Registry> registry = [] {
    auto built_in = std::make_unique<Registry>("modhost");
    register_builtin_layers(*built_in);
    return built_in;
  }();
  const LayerEntry* found = registry->find_layer(kind);
  if (found != nullptr) return *found;
  const std::vector<std::string> known = registry->names(ComponentKind::layer);
  throw Error(ErrorCode::config, "unknown layer '" + kind + "'; there is " + modhost::join(known),
              did_you_mean(kind, known));
}

class Sequential : public Model<SequentialOptions> {
 public:
  static Accepts accepts() {
    return {{Input::features, Input::sequence, Input::image, Input::tokens, Input::panels},
            {Output::classes, Output::digits, Output::values, Output::choice, Output::bits}};
  }

  explicit Sequential(const Build& build) : Model(build), chain_(build.signature) {
    std::vector<LayerTable> tables;
    for (const OptionTable& table : options().layers()) {
      tables.emplace_back(tables.size(), table,
                          build.layer_kind ? build.layer_kind : LayerKinds(built_in_kind));
    }
    set_outputs(tables);
    for (LayerTable& table : tables) push(table);
    for (const Joint& joint : chain_.joints()) join(joint.from, joint.to, joint.pairs);
    check_end();
  }

  // [E*b, ...] -> [E*b, *output]
  Tensor forward(const Batch& batch) override {
    const Tensor x = chain_(batch.input);
    if (reads_steps()) {
      return read_answer(signature(), read_states(signature(), x, batch.input_length));
    }
    std::vector<int64_t> shape{x.size(0)};
    shape.insert(shape.end(), signature().output_shape.begin(), signature().output_shape.end());
    return x.reshape(shape);
  }

 private:
  // The last layer that puts out a chosen number puts out what the dataset asks for; every other
  // one must be told.
  void set_outputs(std::vector<LayerTable>& tables) const {
    bool last = true;
    for (auto table = tables.rbegin(); table != tables.rend(); ++table) {
      if (table->wants_outputs()) {
        if (!last) {
          throw table->placed(Error(ErrorCode::config, "needs the option 'out'",
                                    "only the last layer takes it from the dataset"));
        }
        table->set_outputs(signature().step_size());
      }
      last = last && !table->has_outputs();
    }
  }

  void push(LayerTable& table) {
    try {
      for (const Slot& slot : layers()) {
        check(slot.name != table.name(), ErrorCode::config, "there is another layer of that name");
      }
      const std::shared_ptr<Layer> layer = table.make(chain_.shape_of(table.from()));
      add_layer(table.name(), layer);
      chain_.push(layer, table.unit_dim(), table.from());
    } catch (const Error& error) {
      throw table.placed(error);
    }
  }

  // Does the network put out an answer at each step of a sequence?
  bool reads_steps() const {
    const std::vector<int64_t>& end = chain_.shape();
    const bool steps = signature().input == Input::sequence || signature().input == Input::tokens;
    return steps && end.size() == 2 && end[1] == signature().step_size();
  }

  void check_end() const {
    int64_t size = 1;
    for (const int64_t length : chain_.shape()) size *= length;
    check(reads_steps() || size == signature().output_size(), ErrorCode::config,
          "the layers give " + shape_text(chain_.shape()) + " in the end; the dataset asks for " +
              to_string(signature().output) + " " + shape_text(signature().output_shape),
          "leave 'out' of the last layer away, and it is filled in");
  }

  Chain chain_;
};

}  // namespace
}  // namespace modhost_sequential

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_sequential::Sequential>("sequential",
                                             "a network written as [[model.layers]] in a config")
      .suggest("dataset.name", "add_mul");
}
