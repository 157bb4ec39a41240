// Arrays of NumPy as a dataset.
#include "npz_dataset.h"

#include "npz_notes.h"
#include "npz_source.h"
#include "sample_sheet.h"

namespace modhost_own_data {

const Npz::Found& Npz::found() const {
  if (found_ == nullptr) {
    check(!options().file().empty(), ErrorCode::config, "dataset 'npz' needs a file",
          "give --dataset.file FILE.npz");
    const NpzArrays headers = read_npz_headers(file());
    std::vector<NpzPart> parts = find_parts(headers, options(), file());
    const NpzForm form = npz_form(headers, parts.front(), options());
    for (const NpzPart& part : parts) {
      const NpzForm other = npz_form(headers, part, options());
      check(other.classes == form.classes && other.values == form.values, ErrorCode::data,
            "'" + file().string() + "': the targets '" + parts.front().y + "' and '" + part.y +
                "' are of different kinds or sizes");
    }
    found_ = std::make_unique<const Found>(Found{std::move(parts), form});
  }
  return *found_;
}

Signature Npz::signature() const {
  const NpzForm& form = found().form;
  if (!form.classes) return {form.input, form.shape, Output::values, {form.values}};
  const auto classes = static_cast<int64_t>(notes().classes.size());
  return {form.input, form.shape, Output::classes, {classes}};
}

std::string Npz::describe() const { return counts() + ") from " + file().string(); }

Annotations Npz::read_notes() const {
  return read_npz_notes(file(), found().parts, options(), found().form.classes);
}

std::shared_ptr<const Source> Npz::read_samples() const {
  return read_npz_source(file(), found().parts, found().form, shared_notes());
}

void Npz::show(const std::filesystem::path& picture) const {
  check(found().form.input == Input::image, ErrorCode::usage,
        "only images can be shown, '" + file().string() + "' has " + to_string(found().form.input));
  write_sample_sheet(*all(Split::train), found().form.shape, picture);
}

}  // namespace modhost_own_data
