// The text files of the collection, in the published archive or in a folder it was unpacked to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "part.h"

namespace modhost_dm_math {

struct TextFile {
  Part part;
  std::string module;  // the file's name without .txt: "algebra__linear_1d"
  std::string place;   // for messages: "DIR/mathematics_dataset-v1.0.tar.gz: train-easy/x.txt"
};

// What is shown the files, one after the other, in the order in which they lie.
class Visitor {
 public:
  virtual ~Visitor();
  virtual bool wants(const TextFile& file) = 0;
  virtual void read(std::string_view piece) = 0;  // of the file that was wanted last
  virtual void finish() = 0;                      // the end of that file
  virtual bool done() const { return false; }     // nothing more is wanted
};

// Reads the files PART/MODULE.txt, as they are in an archive (tar, gzipped or not) or below a
// folder; everything else in it is passed over. Nothing is unpacked and memory is that of a buffer.
// Error(data) for an archive that is cut off or damaged, Error(io) for what cannot be read.
void visit_archive(const std::filesystem::path& archive, Visitor& visitor);
void visit_folder(const std::filesystem::path& folder, Visitor& visitor);
// Whichever of the two `place` is.
void visit(const std::filesystem::path& place, Visitor& visitor);

// Changes when one of the files is another one: sizes and times of the last change.
std::string fingerprint(const std::filesystem::path& place);

}  // namespace modhost_dm_math
