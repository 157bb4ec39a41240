#pragma once

#include <modhost/option.h>
#include <modhost/unit_network.h>

#include <string>
#include <vector>

namespace modhost_lesion {

struct LesionOptions : modhost::Options {
  modhost::Option<std::string> labels{
      *this, "labels", "",
      "clusters that were found before: the folder of a run of `spectral`, or its labels "
      "(.safetensors or .npz); empty: clusters the units by their weights"};
  modhost::Option<int64_t> clusters{*this,
                                    "clusters",
                                    4,
                                    "without 'labels': number of clusters",
                                    modhost::AtLeast{2},
                                    modhost::Paper{"Hod et al. 2021: 16"}};

  modhost::Option<std::string> units{
      *this, "units", "auto",
      "units that are clustered, as for `spectral`. auto: the channels of the convolutions where "
      "one reads another, else all; all; convolutions; named: those of 'layers'",
      modhost::Choices{{"auto", "all", "convolutions", "named"}}};
  modhost::Option<std::vector<std::string>> layers{
      *this, "layers", {}, "layers whose units are clustered, as globs; the input is 'input'"};
  modhost::Option<bool> sums{*this, "sums", true,
                             "one group of units for layers whose outputs are added up"};

  modhost::Option<int64_t> controls{
      *this,
      "controls",
      19,
      "random sets of units to compare each lesion with",
      modhost::AtLeast{1},
      modhost::Paper{"Hod et al. 2021: 19; Filan et al. 2021: 20 to 100"}};
  modhost::Option<bool> doubles{
      *this, "doubles", false,
      "also lesion each two sub-clusters together, and each while the other is gone",
      modhost::Paper{"Filan et al. 2021, with 50 controls"}};
  modhost::Option<int64_t> samples{*this, "samples", 0, "test samples, 0: all",
                                   modhost::AtLeast{0}};
  modhost::Option<int64_t> batch_size{*this, "batch_size", 100, "samples in one forward pass",
                                      modhost::AtLeast{1}};
  modhost::Option<int64_t> at_once{
      *this, "at_once", 16,
      "lesions in one forward pass, at most: more need more memory; fewer when the weights of the "
      "layer are large",
      modhost::AtLeast{1}};

  modhost::Option<double> p_threshold{*this, "p_threshold", 0,
                                      "a p below this is significant; 0: 1 / controls",
                                      modhost::Range{0, 1}};
  modhost::Option<double> damage_threshold{
      *this, "damage_threshold", 0.01,
      "damage that matters: accuracy lost, or, of real-valued outputs, the loss gained as a share "
      "of the loss",
      modhost::AtLeast{0}};
  modhost::Option<int64_t> small{*this, "small", 12,
                                 "sub-clusters of at most so many units are called 'small'",
                                 modhost::AtLeast{0}};

  modhost::UnitChoice unit_choice() const;
  void validate() const override;
};

}  // namespace modhost_lesion
