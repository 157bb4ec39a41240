// Any network that Python saved by torch.jit.script or torch.jit.trace.
#pragma once

#include <modhost/model.h>

#include <memory>
#include <string>
#include <vector>

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

class Network;
struct Mode;

struct TorchscriptOptions : Options {
  Option<std::string> file{*this, "file", "",
                           "network saved in Python by torch.jit.script(net).save(\"net.pt\")"};
  Option<std::string> batching{
      *this, "batching", "auto",
      "auto: all mask samples at once where that is right; passes: one pass for each",
      Choices{{"auto", "passes"}}};
  Option<int64_t> time_limit{
      *this, "time_limit", 60,
      "seconds of CPU time after which the first forward, over a few samples, is taken for endless",
      Range{1, 1e6}};
};

class Torchscript : public Model<TorchscriptOptions> {
 public:
  static Accepts accepts();
  explicit Torchscript(const Build& build);
  ~Torchscript() override;

  Tensor forward(const Batch& batch) override;
  std::vector<std::string> notes() const override { return notes_; }

 private:
  Tensor run(const Tensor& input, const Mode& mode);
  std::vector<std::string> sites_apart() const;
  void take_notes(const std::vector<std::string>& ineffective);

  std::unique_ptr<Network> network_;
  std::vector<std::string> notes_;
};

}  // namespace modhost_torchscript
