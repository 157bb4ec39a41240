#include "export_folder.h"

#include "metadata.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"
#include "problem_xml.h"

namespace modhost::raven {
namespace {

std::vector<std::pair<std::string, NpyArray>> problem_arrays(const Problem& problem,
                                                             const Renderer& renderer) {
  const Metadata metadata = describe(problem.configuration, problem.rules);
  const auto bytes = [](const auto& values) {
    return std::vector<uint8_t>(values.begin(), values.end());
  };
  std::vector<uint8_t> image(kImageBytes);
  renderer.draw(problem, image.data());
  return {
      {"image", make_npy<uint8_t>({kPanels, kCanvas, kCanvas}, image)},
      {"target", make_npy<int64_t>({}, {problem.target})},
      {"predict", make_npy<int64_t>({}, {problem.predicted})},
      {"meta_matrix", make_npy<uint8_t>({kMetaRows, kMetaColumns}, bytes(metadata.meta_matrix))},
      {"meta_target", make_npy<uint8_t>({kMetaColumns}, bytes(metadata.meta_target))},
      {"structure", make_npy_strings(metadata.structure)},
      {"meta_structure", make_npy<uint8_t>({kMetaStructure}, bytes(metadata.meta_structure))},
  };
}

}  // namespace

void export_problem(const Generator& generator, const Renderer& renderer,
                    Configuration configuration, uint64_t k, const std::filesystem::path& folder,
                    const ExportOptions& options) {
  const Split split = split_of_index(k);
  const Problem problem = generator.generate(configuration, split, k, options.seed);
  const std::string stem = "RAVEN_" + std::to_string(k) + "_" + split_name(split);
  const std::filesystem::path base = folder / info(configuration).folder / stem;
  const NpzPacking packing = options.deflate ? NpzPacking::deflated : NpzPacking::stored;
  if (options.xml) {
    write_file_atomically(base.string() + ".xml", format_problem_xml(problem, renderer));
  }
  // Last, so that a problem that can be listed is complete.
  write_npz(base.string() + ".npz", problem_arrays(problem, renderer), packing);
}

uint64_t export_folder(const TaskSet& set, const std::filesystem::path& folder,
                       const ExportOptions& options) {
  const Generator generator(set);
  const Renderer renderer(set.values);
  const uint64_t total = options.problems_per_configuration * set.configurations.size();
  uint64_t done = 0;
  for (const Configuration configuration : set.configurations) {
    make_folder(folder / info(configuration).folder);
    for (uint64_t step = 0; step < options.problems_per_configuration; ++step) {
      export_problem(generator, renderer, configuration, options.first + step, folder, options);
      ++done;
      if (options.progress && !options.progress(done, total)) return done;
    }
  }
  return done;
}

}  // namespace modhost::raven
