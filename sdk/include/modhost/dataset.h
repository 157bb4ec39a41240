// A dataset: samples in three splits, and tasks, the subsets whose modules one looks for.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modhost/data_files.h"
#include "modhost/option.h"
#include "modhost/signature.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

enum class Split { train, validation, test };
std::string to_string(Split split);

// n samples. Shapes of one sample as in the dataset's Signature.
struct Batch {
  Tensor input;            // [n, ...]
  Tensor target{};         // [n, ...]; undefined when the model is to find it by itself
  Tensor input_length{};   // [n] int64; undefined when nothing is padded
  Tensor target_length{};  // [n] int64, the end token included; undefined when nothing is padded
  int64_t steps = 0;       // output tokens to produce when `target` is undefined

  int64_t size() const { return input.size(0); }
  Batch to(torch::Device device) const;
  Batch to(torch::ScalarType type) const;  // floating point inputs and targets only
  // For evaluation of models that may read the target in training (teacher forcing).
  Batch without_target() const;
};

// All rows of `batches`, one batch after the other; token sequences are padded to the longest.
Batch concatenated(const std::vector<Batch>& batches);

// A fixed, indexed collection of samples.
class Source {
 public:
  virtual ~Source();
  virtual int64_t size() const = 0;
  // Samples in the order of `indices`, each in 0 .. size()-1, as often as asked. The same index
  // gives the same bits in every call. May be called from a second thread, one call at a time.
  virtual Batch load(const std::vector<int64_t>& indices) const = 0;

  // What a training sees of them: with noise that is new in each epoch, where a collection has any.
  // A function of index and draw alone; `draws`: of each index, by network and epoch.
  virtual Batch drawn(const std::vector<int64_t>& indices,
                      const std::vector<uint64_t>& draws) const;

  // Optional parts of the collection for which accuracy is reported separately ("center_single").
  virtual std::vector<std::string> groups() const;
  virtual int64_t group(int64_t index) const;  // position in groups()

  // Optional: what one could do with the same input, by name ("add", "mul"; what a sample asks for
  // is among them), to tell which of it a network did. Of outputs without lengths.
  virtual std::vector<std::string> alternatives() const;
  // The targets of these samples if that alternative were asked for, shaped as Batch::target.
  virtual Tensor targets_under(int64_t alternative, const std::vector<int64_t>& indices) const;

  // Optional groups of real-valued outputs, which may overlap, whose losses are reported
  // separately.
  virtual std::vector<std::string> output_groups() const { return {}; }
  // [output_groups(), outputs] bool: which outputs belong to each.
  virtual Tensor outputs_of_groups() const { return {}; }
};

// Which functions compute the answers of a dataset that was made to have modules: what detection
// should find.
struct TrueModules {
  struct Function {
    std::string name;
    std::vector<std::string> reads;  // names of inputs and of other functions
  };
  // Of a published function graph, by what the study asks of its hidden layers: separable,
  // overlapping, non_modular, shared_inputs, reused, hierarchical.
  std::string kind{};
  std::vector<std::string> input_names{};  // of each input
  // Of each input a number; the same for those that the same functions read.
  std::vector<int64_t> inputs{};
  std::vector<int64_t> outputs{};  // of each output; the same for the same function or its negation
  std::vector<Function> functions{};
};

struct Task {
  std::string name;
  std::string help;
};

// Constructors do no work beyond looking at files: the host makes a dataset to ask its signature.
class DatasetBase {
 public:
  virtual ~DatasetBase();
  virtual Signature signature() const = 0;
  virtual std::vector<Task> tasks() const = 0;

  // What a sample is called: "problems".
  virtual std::string unit() const;
  // One line for the screen: "6,000 problems, center_single, 64x64, generated".
  virtual std::string describe() const = 0;
  // The accuracy of guessing.
  virtual double chance() const = 0;

  virtual std::shared_ptr<const Source> all(Split split) const = 0;
  // Samples of one task. Error(config) for an unknown task, with the nearest.
  virtual std::shared_ptr<const Source> task(const std::string& name, Split split) const = 0;
  // What the task is compared with. Default: all samples, as the papers do.
  virtual std::shared_ptr<const Source> other(const std::string& name, Split split) const;

  // Where it is known.
  virtual std::optional<TrueModules> true_modules() const { return std::nullopt; }

  // What it reads and does not come with modhost; by default nothing. Needs none of them. The host
  // fetches what is missing when they say so, before it asks for anything else.
  virtual DataFiles files() const;

  // `modhost data export NAME DIR` and `modhost data show NAME --out FILE.png`.
  // Error(usage) when the dataset has no such ability.
  virtual void export_to(const std::filesystem::path& folder) const;
  virtual void show(const std::filesystem::path& picture) const;
};

// Error(config) with the nearest task unless `dataset` has one of that name.
void check_task(const DatasetBase& dataset, const std::string& name);

template <typename O>
class Dataset : public DatasetBase {
 public:
  using OptionsType = O;
  explicit Dataset(std::shared_ptr<const Options> options)
      : options_(std::static_pointer_cast<const O>(std::move(options))) {}
  const O& options() const { return *options_; }

 private:
  std::shared_ptr<const O> options_;
};

}  // namespace v1
}  // namespace modhost
