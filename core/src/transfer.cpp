#include "transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <exception>
#include <filesystem>
#include <memory>
#include <string_view>

#include "modhost/count_text.h"
#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost::core {
namespace {

constexpr int64_t kLargestUnknown = int64_t{1} << 36;  // bytes of a file of unknown size: 64 GiB
constexpr long kMostRedirects = 10;
constexpr long kLeastBytesPerSecond = 100;
constexpr size_t kLongestValidator = 256;
constexpr long kOk = 200, kPartialContent = 206, kRangeNotSatisfiable = 416;

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// The value of a header line of this name (in lower case), "" when it is another one.
std::string header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return "";
  for (size_t i = 0; i < name.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != name[i]) return "";
  }
  line.remove_prefix(name.size() + 1);
  const size_t begin = line.find_first_not_of(" \t");
  const size_t end = line.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? "" : std::string(line.substr(begin, end - begin + 1));
}

// 500 of "bytes 500-999/1000", 1000 of "bytes */1000" after `mark` '/'; -1 when there is none.
int64_t number_after(const std::string& text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) return -1;
  int64_t number = -1;
  const auto read = std::from_chars(text.data() + at + 1, text.data() + text.size(), number);
  return read.ec == std::errc() && number >= 0 ? number : -1;
}

template <typename Value>
void set(CURL* curl, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(curl, option, value);
  check(code == CURLE_OK, ErrorCode::internal,
        fmt::format("libcurl refuses a setting: {}", curl_easy_strerror(code)));
}

class Transfer {
 public:
  Transfer(const TransferRequest& request, PartFile& part, const modhost::StopSignal& stop)
      : request_(request), part_(part), stop_(stop), curl_(curl_easy_init(), curl_easy_cleanup) {
    check(curl_ != nullptr, ErrorCode::internal, "libcurl cannot be used");
  }

  TransferResult perform() {
    set_rules();
    set_callbacks();
    ask_for_the_rest();
    const CURLcode code = curl_easy_perform(curl_.get());
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    check(!stop_.requested(), ErrorCode::interrupted, "interrupted");
    if (code == CURLE_OK && !begun_) begin();  // an empty body
    if (!refusal_.empty()) return {TransferEnd::refused, refusal_};
    return code == CURLE_OK ? TransferResult{} : failed(code);
  }

 private:
  void set_rules() {
    CURL* curl = curl_.get();
    const bool secure = begins_with(request_.url, "https://");
    set(curl, CURLOPT_URL, request_.url.c_str());
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    set(curl, CURLOPT_FOLLOWLOCATION, 1L);
    set(curl, CURLOPT_MAXREDIRS, kMostRedirects);
    set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    set(curl, CURLOPT_FAILONERROR, 1L);
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.limits.connect_seconds * 1e3));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, kLeastBytesPerSecond);
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.limits.stall_seconds));
    set(curl, CURLOPT_USERAGENT, "modhost/" MODHOST_VERSION);
    set(curl, CURLOPT_ERRORBUFFER, error_.data());
  }

  void set_callbacks() {
    CURL* curl = curl_.get();
    set(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(curl, CURLOPT_HEADERDATA, this);
    set(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(curl, CURLOPT_WRITEDATA, this);
    set(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(curl, CURLOPT_XFERINFODATA, this);
    set(curl, CURLOPT_NOPROGRESS, 0L);
  }

  void ask_for_the_rest() {
    if (part_.size() == 0) return;
    if (!request_.hashed) {
      const std::string origin = part_.origin();
      const std::string before = request_.url + "\n";
      if (!begins_with(origin, before) || origin.size() == before.size()) {
        part_.restart();
        return;
      }
      const std::string header = "If-Range: " + origin.substr(before.size());
      headers_.reset(curl_slist_append(nullptr, header.c_str()));
      set(curl_.get(), CURLOPT_HTTPHEADER, headers_.get());
    }
    set(curl_.get(), CURLOPT_RANGE, fmt::format("{}-", part_.size()).c_str());
  }

  void header(std::string_view line) {
    if (begins_with(line, "HTTP/")) {  // of a redirect's target: nothing said before counts
      validator_.clear();
      range_.clear();
    }
    const std::string etag = header_value(line, "etag");
    if (begins_with(etag, "\"")) validator_ = etag;  // a weak one promises too little
    if (validator_.empty()) validator_ = header_value(line, "last-modified");
    if (validator_.size() > kLongestValidator) validator_.clear();
    const std::string range = header_value(line, "content-range");
    if (!range.empty()) range_ = range;
  }

  // What the server says about the body that comes now. False when it is refused.
  bool begin() {
    begun_ = true;
    long code = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (code != kOk && code != kPartialContent) return refuse(fmt::format("HTTP {}", code));
    if (code == kOk) {
      part_.restart();  // it does not know ranges, or has another file now
      if (!request_.hashed) part_.note_origin(request_.url + "\n" + validator_);
    } else if (part_.size() == 0 || number_after(range_, ' ') != part_.size()) {
      return refuse("it sends another part of the file than asked for");
    }
    total_ = length < 0 ? request_.bytes : part_.size() + length;
    if (request_.bytes > 0 && total_ != request_.bytes) {
      return refuse(fmt::format("the file there has {} bytes, expected {}", count_text(total_),
                                count_text(request_.bytes)));
    }
    if (total_ > 0) check_room(total_ - part_.size());
    if (request_.moved) request_.moved(part_.size(), total_);
    return true;
  }

  void check_room(int64_t needed) const {
    std::error_code failure;
    const auto space = std::filesystem::space(part_.path().parent_path(), failure);
    if (failure || space.available >= static_cast<uint64_t>(needed)) return;
    throw Error(ErrorCode::io,
                fmt::format("not enough room in '{}': {} bytes are free, {} more are needed",
                            part_.path().parent_path().string(),
                            count_text(static_cast<int64_t>(space.available)), count_text(needed)));
  }

  bool body(std::string_view bytes) {
    if (!begun_ && !begin()) return false;
    const int64_t most = request_.bytes > 0 ? request_.bytes : kLargestUnknown;
    if (part_.size() + static_cast<int64_t>(bytes.size()) > most) {
      return refuse(fmt::format("it sends more than {} bytes", count_text(most)));
    }
    part_.append(bytes);
    if (request_.moved) request_.moved(part_.size(), total_);
    return true;
  }

  bool refuse(const std::string& reason) {
    refusal_ = reason;
    return false;
  }

  TransferResult failed(CURLcode code) {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_HTTP_RETURNED_ERROR) {
      if (status != kRangeNotSatisfiable || part_.size() == 0) {
        return {TransferEnd::refused, fmt::format("HTTP {}", status)};
      }
      // Nothing is left to send: the part is whole, or of another file.
      if (number_after(range_, '/') == part_.size()) return {};
      part_.restart();
      return Transfer(request_, part_, stop_).perform();
    }
    if (code == CURLE_UNSUPPORTED_PROTOCOL) {
      return {TransferEnd::refused,
              "it redirects to what is neither http nor https, or from https"};
    }
    const std::string said = error_[0] == '\0' ? curl_easy_strerror(code) : error_.data();
    if (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING) {
      return {TransferEnd::broken,
              fmt::format("the connection ended after {} bytes", count_text(part_.size()))};
    }
    if (code == CURLE_OPERATION_TIMEDOUT && begun_) {
      return {TransferEnd::broken,
              fmt::format("nothing came for {} s", request_.limits.stall_seconds)};
    }
    return {TransferEnd::broken, shown(said)};
  }

  // Exceptions must not pass through libcurl: they wait until it has returned.
  template <typename Work>
  bool kept_back(Work&& work) {
    try {
      return work();
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }

  static size_t on_header(char* bytes, size_t size, size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    const bool fine = transfer->kept_back([&] {
      transfer->header({bytes, size * count});
      return true;
    });
    return fine ? size * count : 0;
  }

  static size_t on_body(char* bytes, size_t size, size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    const bool fine = transfer->kept_back([&] { return transfer->body({bytes, size * count}); });
    return fine ? size * count : 0;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->stop_.requested() ? 1 : 0;
  }

  const TransferRequest& request_;
  PartFile& part_;
  const modhost::StopSignal& stop_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, curl_slist_free_all};
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  bool begun_ = false;
  int64_t total_ = 0;
  std::string validator_, range_, refusal_;
  std::exception_ptr failure_;
};

}  // namespace

TransferResult transfer(const TransferRequest& request, PartFile& part,
                        const modhost::StopSignal& stop) {
  if (!begins_with(request.url, "http://") && !begins_with(request.url, "https://")) {
    return {TransferEnd::refused, "only http and https are used"};
  }
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  check(ready == CURLE_OK, ErrorCode::internal, "libcurl cannot be used");
  return Transfer(request, part, stop).perform();
}

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  const auto piece = [&](CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), part, &text, 0) != CURLUE_OK) return std::string();
    const std::unique_ptr<char, void (*)(void*)> owner(text, curl_free);
    return std::string(text);
  };
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return shown(url);
  const std::string host = piece(CURLUPART_HOST), port = piece(CURLUPART_PORT);
  if (host.empty()) return shown(url);
  return port.empty() ? host : host + ":" + port;
}

}  // namespace modhost::core
