#include "plugin_names.h"

#include <set>

#include "modhost/error.h"

namespace modhost::core {
namespace {

constexpr size_t kLongestName = 64;
constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string capitalised(const std::string& word) {
  std::string out = word;
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

// The types that `using namespace modhost` brings; a test compares with the headers.
bool is_taken(const std::string& name) {
  static const std::set<std::string> names = {"Above",
                                              "Accepts",
                                              "ActivationChoice",
                                              "AtLeast",
                                              "AttentionMask",
                                              "Augmentation",
                                              "Batch",
                                              "BatchNormFold",
                                              "Buffer",
                                              "Build",
                                              "Cell",
                                              "Chain",
                                              "ChannelScale",
                                              "CheckpointPlan",
                                              "Choices",
                                              "ClassImages",
                                              "ClassImagesOptions",
                                              "ClassTasks",
                                              "ClusterOptions",
                                              "ClusterPenalty",
                                              "Color",
                                              "Combined",
                                              "Component",
                                              "ComponentKind",
                                              "Correlation",
                                              "CriticalP",
                                              "DataFile",
                                              "DataFiles",
                                              "Dataset",
                                              "DatasetBase",
                                              "DatasetEntry",
                                              "Effects",
                                              "EigenSolver",
                                              "EnsembleScope",
                                              "EntropyMean",
                                              "EntryUnits",
                                              "Error",
                                              "ErrorCode",
                                              "Estimator",
                                              "EvaluateOptions",
                                              "Evaluation",
                                              "Evidence",
                                              "Experiment",
                                              "FromInput",
                                              "GraphChoice",
                                              "Handle",
                                              "HeldVariants",
                                              "Hypothesis",
                                              "IdxArray",
                                              "ImageChanger",
                                              "ImageChanges",
                                              "ImageChangesOptions",
                                              "ImageFiles",
                                              "ImageFilesFacts",
                                              "ImageFilesOptions",
                                              "ImageMemory",
                                              "ImagePair",
                                              "ImageParts",
                                              "ImageReader",
                                              "ImageSource",
                                              "ImageView",
                                              "Init",
                                              "Input",
                                              "Isolated",
                                              "Joint",
                                              "KMeans",
                                              "KMeansOptions",
                                              "KernelNorm",
                                              "LabelledImageSource",
                                              "LabelledImages",
                                              "Layer",
                                              "LayerClusters",
                                              "LayerEntry",
                                              "LayerObserver",
                                              "Linkage",
                                              "LinkageKind",
                                              "LocalGraph",
                                              "MaskChoice",
                                              "MaskEntry",
                                              "MaskFamily",
                                              "MaskNoise",
                                              "MaskSampling",
                                              "MaskUnit",
                                              "Masks",
                                              "Metadata",
                                              "Method",
                                              "MethodBase",
                                              "MethodEntry",
                                              "Model",
                                              "ModelBase",
                                              "ModelEntry",
                                              "ModularInit",
                                              "NameOf",
                                              "NamedTensors",
                                              "NetworkGroup",
                                              "Noise",
                                              "NpyArray",
                                              "NpzArrays",
                                              "NpzLimits",
                                              "NpzPacking",
                                              "NullComparison",
                                              "Numbers",
                                              "NumpyRandom",
                                              "Option",
                                              "OptionBase",
                                              "OptionTable",
                                              "OptionValue",
                                              "Options",
                                              "Output",
                                              "PaintImage",
                                              "Paper",
                                              "Parameter",
                                              "PhiloxCounter",
                                              "PickledEntry",
                                              "PickledOther",
                                              "Picture",
                                              "PixelScale",
                                              "PointDistance",
                                              "PointsView",
                                              "Progress",
                                              "PrunePlan",
                                              "RandomOverlap",
                                              "RandomStream",
                                              "Range",
                                              "Registry",
                                              "RunWriter",
                                              "Signature",
                                              "SkippedTensor",
                                              "Snapshot",
                                              "Source",
                                              "SpectralClustering",
                                              "SpectralEmbedding",
                                              "SpectralOptions",
                                              "Split",
                                              "StepResult",
                                              "StopSignal",
                                              "StoredMask",
                                              "SubCluster",
                                              "Table",
                                              "TapMap",
                                              "Task",
                                              "Tensor",
                                              "TrainOptions",
                                              "TrainPlan",
                                              "TrainPoint",
                                              "TrainSummary",
                                              "TrainTask",
                                              "Trainer",
                                              "TrueModules",
                                              "UnitBlock",
                                              "UnitChoice",
                                              "UnitClusters",
                                              "UnitGraph",
                                              "UnitGroup",
                                              "UnitKernel",
                                              "UnitKinds",
                                              "UnitLabels",
                                              "UnitNetwork",
                                              "UnitOptions",
                                              "UnitScale",
                                              "UnitScore",
                                              "UnitScoreChoice",
                                              "UnitSet",
                                              "UnitValues",
                                              "UnitWriter",
                                              "Variation",
                                              "Variations",
                                              "WeightTable",
                                              "WeightView",
                                              "WeightsFile",
                                              "WeightsOptions",
                                              "Wiring"};
  return names.count(name) != 0;
}

}  // namespace

void check_plugin_name(const std::string& name) {
  check(!name.empty() && name.size() <= kLongestName &&
            name.find_first_not_of(kAllowed) == std::string::npos && name[0] != '-' &&
            name[0] != '_',
        ErrorCode::usage,
        "the name '" + name.substr(0, kLongestName) +
            "' must consist of a-z, 0-9, '-' and '_', begin with a letter or digit and have at "
            "most 64 characters");
}

std::string class_name(const std::string& name, const std::string& kind) {
  std::string out;
  bool first_of_word = true;
  for (const char c : name) {
    const bool separates = c == '-' || c == '_';
    if (!separates) out += first_of_word ? upper(c) : c;
    first_of_word = separates;
  }
  if (is_digit(out[0])) out = capitalised(kind) + out;
  return is_taken(out) || is_taken(out + "Options") ? out + capitalised(kind) : out;
}

}  // namespace modhost::core
