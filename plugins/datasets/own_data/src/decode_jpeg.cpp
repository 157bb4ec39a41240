// JPEG by libjpeg.
#include <csetjmp>
#include <cstddef>
#include <cstdio>

// needs the two above
#include <jpeglib.h>
#include <modhost/error.h>

#include "decode_image.h"

namespace modhost_own_data {
namespace {

constexpr int kMostScans = 200;  // of a progressive JPEG; honest ones have about ten

// libjpeg leaves by longjmp, so what lies between setjmp and the failure has no destructors.
struct Decoder {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf out{};
  char message[JMSG_LENGTH_MAX] = "";
};

Decoder& decoder(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

[[noreturn]] void leave(j_common_ptr info) {
  info->err->format_message(info, decoder(info).message);
  std::longjmp(decoder(info).out, 1);
}

// Warnings are about missing or corrupt data, which libjpeg would fill with grey.
void take_message(j_common_ptr info, int level) {
  if (level < 0) leave(info);
}

void count_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  std::snprintf(decoder(info).message, JMSG_LENGTH_MAX, "more than %d scans", kMostScans);
  std::longjmp(decoder(info).out, 1);
}

void ignore_output(j_common_ptr) {}

void start(Decoder& own, std::string_view bytes) {
  own.info.err = jpeg_std_error(&own.errors);
  own.errors.error_exit = leave;
  own.errors.emit_message = take_message;
  own.errors.output_message = ignore_output;
  own.info.client_data = &own;
  jpeg_create_decompress(&own.info);
  own.progress.progress_monitor = count_scans;
  own.info.progress = &own.progress;
  jpeg_mem_src(&own.info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&own.info, TRUE);
  const bool four = own.info.num_components == 4;  // inks: libjpeg cannot make RGB of them
  own.info.out_color_space = four ? JCS_CMYK : JCS_RGB;
}

// Adobe's programs, from which such files come, store inks inverted: 255 is none.
void add_row(const uint8_t* row, int64_t width, bool inks, bool inverted, uint8_t* out) {
  for (int64_t x = 0; x < width; ++x, row += inks ? 4 : 3, out += 3) {
    for (int i = 0; i < 3; ++i) {
      const int ink = inverted ? row[i] : 255 - row[i];
      const int black = inks ? (inverted ? row[3] : 255 - row[3]) : 255;
      out[i] = inks ? static_cast<uint8_t>((ink * black + 127) / 255) : row[i];
    }
  }
}

// False: own.message says why.
bool read_header(Decoder& own, std::string_view bytes) {
  if (setjmp(own.out) != 0) return false;
  start(own, bytes);
  return true;
}

bool read_pixels(Decoder& own, uint8_t* row, uint8_t* pixels) {
  if (setjmp(own.out) != 0) return false;
  jpeg_start_decompress(&own.info);
  const int64_t width = own.info.output_width;
  const bool inks = own.info.out_color_space == JCS_CMYK;
  while (own.info.output_scanline < own.info.output_height) {
    const int64_t y = own.info.output_scanline;
    jpeg_read_scanlines(&own.info, &row, 1);
    add_row(row, width, inks, own.info.saw_Adobe_marker != 0, pixels + y * width * 3);
  }
  jpeg_finish_decompress(&own.info);
  return true;
}

}  // namespace

RgbImage decode_jpeg(std::string_view bytes, int64_t most, const std::string& name) {
  Decoder own;
  struct Close {
    ~Close() { jpeg_destroy_decompress(info); }
    jpeg_decompress_struct* info;
  } close{&own.info};
  const auto fail = [&] {
    throw modhost::Error(modhost::ErrorCode::data,
                         "cannot read '" + name + "': damaged JPEG (" + own.message + ")");
  };
  if (!read_header(own, bytes)) fail();
  RgbImage out{own.info.image_width, own.info.image_height, {}};
  check_size(out.width, out.height, most, name);
  out.pixels.resize(static_cast<size_t>(out.width * out.height * 3));
  std::vector<uint8_t> row(static_cast<size_t>(out.width * 4));
  if (!read_pixels(own, row.data(), out.pixels.data())) fail();
  return out;
}

}  // namespace modhost_own_data
