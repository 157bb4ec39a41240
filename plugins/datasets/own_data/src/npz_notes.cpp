#include "npz_notes.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <unordered_map>

#include "name_list.h"

namespace modhost_own_data {
namespace {

using modhost::Error;
using modhost::ErrorCode;

std::string where_text(const std::filesystem::path& file, const std::string& array) {
  return "'" + file.string() + "': array '" + array + "'";
}

std::vector<std::string> read_texts(const std::filesystem::path& file, const std::string& name) {
  return texts_of(modhost::read_npz_array(file, name), where_text(file, name));
}

Part part_of(const std::string& text, size_t row, const std::string& where) {
  if (const auto part = part_named(text)) return *part;
  throw Error(ErrorCode::data, where + " has '" + modhost::shown(text) + "' in row " +
                                   std::to_string(row) +
                                   ", needed 0, 1, 2 or train, validation, test");
}

// Labels that are places in the names which the user gave.
void check_places(Annotations& notes, const NameList& seen, const Names& names,
                  const std::string& file) {
  std::vector<int32_t> place;
  for (const std::string& text : seen.names()) {
    size_t at = 0;
    while (at < names.size() && std::to_string(at) != text && names[at] != text) ++at;
    if (at == names.size()) {
      throw Error(ErrorCode::data, "'" + file + "' has the label " + modhost::shown(text) +
                                       ", but 'dataset.class_names' has " +
                                       std::to_string(names.size()) + " names, for 0 .. " +
                                       std::to_string(names.size() - 1));
    }
    place.push_back(static_cast<int32_t>(at));
  }
  for (int32_t& label : notes.label) label = place[static_cast<size_t>(label)];
  notes.classes = names;
}

}  // namespace

Annotations read_npz_notes(const std::filesystem::path& file, const std::vector<NpzPart>& parts,
                           const NpzOptions& options, bool classes) {
  Annotations notes;
  NameList labels, tasks;
  bool divided = false;
  for (const NpzPart& part : parts) {
    notes.size += part.rows;
    divided = divided || !part.is_whole || !part.split.empty();
    if (classes) {
      for (const auto& text : read_texts(file, part.y)) notes.label.push_back(labels.code(text));
    }
    if (!part.task.empty()) {
      for (const auto& text : read_texts(file, part.task)) notes.task.push_back(tasks.code(text));
    }
    const auto there = static_cast<size_t>(notes.size);
    if (part.split.empty()) {
      notes.part.resize(there, part.part);
      continue;
    }
    for (const auto& text : read_texts(file, part.split)) {
      const size_t row = notes.part.size() + static_cast<size_t>(part.rows) - there;
      notes.part.push_back(part_of(text, row, where_text(file, part.split)));
    }
  }
  if (!divided) notes.part.clear();
  notes.tasks = tasks.sort(notes.task);
  if (!classes) return notes;
  if (options.class_names().empty()) {
    notes.classes = labels.sort(notes.label);
  } else {
    check_places(notes, labels, options.class_names(), file.string());
  }
  return notes;
}

}  // namespace modhost_own_data
