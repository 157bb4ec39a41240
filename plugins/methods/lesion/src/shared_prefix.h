// What comes before a lesion is the same for all lesions of a layer, and computed once.
#pragma once

#include <modhost/layer.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reader_difference.h"
#include "silenced.h"

namespace modhost_lesion {

// How much of the work all lesions share. Each gives what silenced() does as long as its condition
// holds, and otherwise other numbers or an error for rows that do not fit, so it has to be tried.
enum class Sharing {
  none,    // variants of the whole network
  prefix,  // up to where the first lesioned units are put out. Nothing from before it may meet what
           // comes after but through layers (a residual connection around it would)
  reader,  // also most of the products of the layer that reads these units. Nothing in between may
           // mix units
};

// While it lives, a network that is given a batch once puts out the rows of all lesioned variants,
// [b, ...] -> [E*b, ...].
class SharedPrefix : public modhost::LayerObserver {
 public:
  SharedPrefix(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
               const std::vector<UnitSets>& lesions, Sharing sharing);

  // Of units that cannot be silenced where they are put out: recurrent ones, and heads.
  const modhost::Variations& variations() const { return variations_; }
  void begin(int64_t rows) { rows_ = rows; }  // of the next batch
  // The most that a layer has put out for one row.
  int64_t row_bytes() const { return row_bytes_; }

  void saw(const modhost::Layer&, const std::string&, const modhost::Tensor&) override {}
  modhost::Tensor instead(const modhost::Layer& layer, const std::string& group,
                          const modhost::Tensor& value) override;

 private:
  modhost::Tensor read(const modhost::Layer& layer, const modhost::Tensor& value);
  modhost::Tensor put_out(const modhost::Layer& layer, const modhost::Tensor& value);
  modhost::Tensor spread(const modhost::Tensor& value) const;  // [E, b, ...], maybe a view

  int64_t size_, rows_ = 0, row_bytes_ = 0;
  std::map<const modhost::Layer*, modhost::Tensor> silent_;  // [E, units] bool
  std::set<const modhost::Layer*> varied_;
  modhost::Variations variations_;
  // Of the first lesioned group: its rows come twice from where it is put out to where it is read,
  // intact and with every unit that any lesion is about silenced.
  std::optional<ReaderDifference> reader_;
  std::map<const modhost::Layer*, modhost::Tensor> doubled_;  // [1, units] bool
  modhost::Tensor change_;
};

// The samples of another source; tells of each batch how many there are.
class ToldSource : public modhost::Source {
 public:
  ToldSource(const modhost::Source& source, SharedPrefix& listener)
      : source_(source), listener_(listener) {}
  int64_t size() const override { return source_.size(); }
  modhost::Batch load(const std::vector<int64_t>& indices) const override {
    listener_.begin(static_cast<int64_t>(indices.size()));
    return source_.load(indices);
  }
  std::vector<std::string> groups() const override { return source_.groups(); }
  int64_t group(int64_t index) const override { return source_.group(index); }
  std::vector<std::string> output_groups() const override { return source_.output_groups(); }
  modhost::Tensor outputs_of_groups() const override { return source_.outputs_of_groups(); }

 private:
  const modhost::Source& source_;
  SharedPrefix& listener_;
};

}  // namespace modhost_lesion
