// Options of the Scattering Compositional Learner.
#pragma once

#include <modhost/option.h>

namespace modhost_scl {

struct SclOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Sizes = std::vector<int64_t>;

  Option<std::string> variant{
      *this,
      "variant",
      "compositional",
      "compositional: the widely used re-implementation; official: the authors' network",
      modhost::Choices{{"compositional", "official"}},
      modhost::Paper{"Wu, Dong, Grosse, Ba 2020, arXiv:2007.04212"}};
  Option<Sizes> conv_channels{*this,
                              "conv_channels",
                              {16, 16, 32, 32},
                              "channels of the 3x3 convolutions, each of stride 2",
                              modhost::AtLeast{1}};
  Option<std::string> conv_activation{*this, "conv_activation", "relu",
                                      "after each convolution (compositional variant; the "
                                      "re-implementation has none)",
                                      modhost::Choices{{"none", "relu"}}};
  Option<int64_t> features{*this, "features", 80, "features of one image", modhost::AtLeast{1}};
  Option<int64_t> attribute_heads{*this, "attribute_heads", 10,
                                  "chunks of the features that share one attribute network",
                                  modhost::AtLeast{1}};
  Option<Sizes> attribute_hidden{*this,
                                 "attribute_hidden",
                                 {128},
                                 "hidden widths of the attribute network",
                                 modhost::AtLeast{1}};
  Option<int64_t> relation_heads{*this, "relation_heads", 80,
                                 "groups of features that share the relation network "
                                 "(compositional variant)",
                                 modhost::AtLeast{1}};
  Option<Sizes> relation_hidden{*this,
                                "relation_hidden",
                                {64, 32},
                                "hidden widths of the relation network",
                                modhost::AtLeast{1}};
  Option<int64_t> relations{*this, "relations", 5, "relations found for each feature",
                            modhost::AtLeast{1}};
  Option<Sizes> head_hidden{*this,
                            "head_hidden",
                            {128},
                            "hidden widths of the scorer (official variant)",
                            modhost::AtLeast{1}};
  Option<std::string> batch_statistics{
      *this, "batch_statistics", "repeated",
      "repeated: batch norm counts each context image once per candidate, as the papers' code "
      "does by encoding it so often; distinct: each image counts once",
      modhost::Choices{{"repeated", "distinct"}}};
};

}  // namespace modhost_scl
