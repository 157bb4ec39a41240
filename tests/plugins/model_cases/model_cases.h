// What every model must do, tested alike: the model is taken from its plugin's library, as the host
// does.
#pragma once

#include <modhost/model.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace modhost::test {

using Texts = std::map<std::string, std::string>;  // options as written on a command line

// The model `name` of the plugin of the same name. Throws what the model throws.
std::unique_ptr<ModelBase> make_model(const std::string& name, const Signature& signature,
                                      const Texts& options = {});

// `kinds` finds layer kinds by name, as Build::layer_kind.
std::unique_ptr<ModelBase> make_model(
    const std::string& name, const Signature& signature, const OptionTable& options,
    std::function<const LayerEntry&(const std::string&)> kinds = {});

// The text of the error that building it throws; fails the test when it does not.
std::string refusal(const std::string& name, const Signature& signature, const Texts& options = {});
std::string refusal(const std::string& name, const Signature& signature,
                    const OptionTable& options);

Signature features(int64_t in, Output output, std::vector<int64_t> out);
Signature image(std::vector<int64_t> in, int64_t classes);
Signature sequence(int64_t steps, int64_t in, Output output, std::vector<int64_t> out,
                   std::vector<int64_t> read_steps = {});
// Tokens to tokens, or with `output` tokens to classes or digits.
Signature tokens(int64_t length, int64_t vocabulary, Output output, std::vector<int64_t> out);

// Samples with inputs, targets and lengths as the signature says, in double.
Batch random_batch(const Signature& signature, int64_t rows, uint64_t seed);

// Entries of maskable parameters whose names match none of the globs.
int64_t masked_count(const ModelBase& model, const std::vector<std::string>& exclude = {});
std::vector<std::string> state_names(const ModelBase& model);

// E = 1, 3 variants of all parameters in one forward equal single passes: values and gradients, in
// evaluation and in training with a seed of dropout for each part.
void check_ensemble(const std::function<std::unique_ptr<ModelBase>()>& make);

// Every joint names layers and units that exist; every layer with units is reached.
void check_joints(const ModelBase& model);

// Some steps of Adam on one batch make the loss fall to less than `factor` of what it was.
void check_learns(ModelBase& model, int64_t steps, double lr, double factor);

// Rows 0, 1 and 5, with and without the target, inputs that are not contiguous: the shape that the
// signature declares.
void check_shapes(ModelBase& model);

// The network of its units has all weights that connect units, and no unit is read by others: what
// feeds a unit is without effect when all that reads it is cut. A forward shows what each group
// does, unless `shown` says that some groups stay hidden. Leaves the model initialised, in double,
// in evaluation.
void check_units(ModelBase& model, bool shown = true);

// check_ensemble, check_joints, check_shapes and check_units.
void check_model(const std::function<std::unique_ptr<ModelBase>()>& make);

}  // namespace modhost::test
