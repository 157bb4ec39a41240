#pragma once

#include <modhost/option.h>
#include <modhost/unit_clusters.h>

namespace modhost_featurevis {

struct FeaturevisOptions : modhost::ClusterOptions {
  modhost::Option<std::string> objective{
      *this,
      "objective",
      "magnitude",
      "what an image is to raise, summed over units. magnitude: |mean over positions| before the "
      "nonlinearity; activation: the mean after it",
      modhost::Choices{{"magnitude", "activation"}},
      modhost::Paper{"Hod et al. 2021: magnitude; Filan et al. 2021: activation"}};
  modhost::Option<int64_t> controls{*this,
                                    "controls",
                                    19,
                                    "random sets of units to compare each sub-cluster with",
                                    modhost::AtLeast{1},
                                    modhost::Paper{"Hod et al. 2021: 19; Filan et al. 2021: 9"}};
  modhost::Option<int64_t> steps{*this,
                                 "steps",
                                 64,
                                 "steps of Adam for each image",
                                 modhost::AtLeast{1},
                                 modhost::Paper{"Hod et al. 2021: 64; Filan et al. 2021: 256"}};
  modhost::Option<double> lr{*this,
                             "lr",
                             0.05,
                             "learning rate of Adam",
                             modhost::Above{0},
                             modhost::Paper{"Olah et al. 2017"}};
  modhost::Option<bool> redirect{
      *this, "redirect", true,
      "where no gradient passes a ReLU, let through in the first 17 steps what would turn units on",
      modhost::Paper{"Olah et al. 2017 (lucid)"}};
  modhost::Option<int64_t> jitter{*this, "jitter", 0,
                                  "of images: moved by up to so many pixels in each step",
                                  modhost::AtLeast{0}};
  modhost::Option<double> zoom{*this, "zoom", 0,
                               "of images: scaled by up to this share more or less in each step",
                               modhost::Range{0, 0.9}};
  modhost::Option<double> rotation{*this, "rotation", 0,
                                   "of images: turned by up to so many degrees in each step",
                                   modhost::Range{0, 180}};
  modhost::Option<int64_t> small{*this,
                                 "small",
                                 2,
                                 "sub-clusters of at most so many units are left out",
                                 modhost::AtLeast{0},
                                 modhost::Paper{"Hod et al. 2021: 2; Filan et al. 2021: 5"}};
  modhost::Option<double> large{*this,
                                "large",
                                0.99,
                                "sub-clusters of this share of the layer, or more, are left out",
                                modhost::Range{0, 1},
                                modhost::Paper{"Hod et al. 2021: 0.99; Filan et al. 2021: 0.8"}};
  modhost::Option<int64_t> at_once{*this, "at_once", 20,
                                   "inputs in one forward pass, rounded up to a multiple of 4; "
                                   "fewer where they need more than 1 "
                                   "GiB. Another number may change last digits",
                                   modhost::AtLeast{1}};
  modhost::Option<int64_t> top{*this, "top", 10,
                               "test samples that drive a sub-cluster most, 0: none are looked for",
                               modhost::Range{0, 100}};
  modhost::Option<bool> receptive{
      *this, "receptive", false,
      "also correlate units with each input (Spearman), aligned within a sub-cluster"};
  modhost::Option<int64_t> samples{*this, "samples", 5000,
                                   "test samples for the range of inputs, 'top' and 'receptive'; "
                                   "0: all",
                                   modhost::AtLeast{0}};
  modhost::Option<int64_t> batch_size{*this, "batch_size", 100, "test samples in one forward pass",
                                      modhost::AtLeast{1}};
};

}  // namespace modhost_featurevis
