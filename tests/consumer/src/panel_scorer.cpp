// Scores each candidate against the mean of the context panels: convolution, linear, linear.
#include <modhost/model.h>
#include <modhost/plugin.h>

namespace {

using namespace modhost;

struct PanelScorerOptions : Options {
  Option<int64_t> channels{*this, "channels", 8, "channels of the convolution", AtLeast{1}};
  Option<int64_t> features{*this, "features", 32, "features of one panel", AtLeast{1}};
};

class PanelScorer : public Model<PanelScorerOptions> {
 public:
  static Accepts accepts() { return {{Input::panels}, {Output::choice}}; }

  explicit PanelScorer(const Build& build)
      : Model(build),
        panels_(build.signature.input_shape[0]),
        side_(build.signature.input_shape[1]),
        candidates_(build.signature.output_size()) {
    const int64_t half = (side_ + 1) / 2;
    conv_ = add<nn::Conv2d>("conv", 1, options().channels(), 3, ops::Conv2dGeometry{2, 1, 1, 1});
    encode_ = add<nn::Linear>("encode", options().channels() * half * half, options().features());
    score_ = add<nn::Linear>("score", 2 * options().features(), 1);
  }

  Tensor forward(const Batch& batch) override {  // [E*b, panels, side, side] -> [E*b, candidates]
    const int64_t context = panels_ - candidates_;
    Tensor x = conv_(batch.input.reshape({-1, 1, side_, side_})).relu();
    x = encode_(x.flatten(1)).relu().view({-1, panels_, options().features()});
    const Tensor seen = x.narrow(1, 0, context).mean(1, true).expand({-1, candidates_, -1});
    return score_(torch::cat({seen, x.narrow(1, context, candidates_)}, 2)).squeeze(2);
  }

 private:
  int64_t panels_, side_, candidates_;
  nn::Conv2d conv_;
  nn::Linear encode_, score_;
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.model<PanelScorer>("panel_scorer", "scores candidates against the mean of the context")
      .suggest("dataset.name", "raven");
}
