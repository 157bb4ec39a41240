// Rows of CSV files: what RFC 4180 says, what spreadsheets write, and damage.
#include "csv_reader.h"

#include <modhost/error.h>

#include <random>

#include "csv_cells.h"
#include "own_data_helpers.h"

using namespace modhost_own_data;
using own_data_tests::TemporaryFolder;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(const std::string& text, char separator = 0) {
  const TemporaryFolder folder("reader");
  CsvReader reader(folder.write("a.csv", text), separator);
  Rows out;
  for (CsvRow row; reader.next(row);) out.push_back(row.cells);
  return out;
}

// As Python's csv module writes a table with all cells quoted that need it.
std::string written(const Rows& rows, char separator, const std::string& end) {
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += separator;
      const bool plain = row[i].find_first_of("\"\r\n,;\t|") == std::string::npos;
      if (plain && !row[i].empty()) {
        out += row[i];
        continue;
      }
      out += '"';
      for (const char letter : row[i])
        out += letter == '"' ? std::string("\"\"") : std::string(1, letter);
      out += '"';
    }
    out += end;
  }
  return out;
}

}  // namespace

TEST_CASE("cells, quotes and ends of lines are those of RFC 4180", "[own_data][csv]") {
  CHECK(read("a,b\r\n1,2\r\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("a,b\n1,2") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("a,b\r1,2\r") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("\"a,\"\"x\"\"\",b\n\"two\r\nlines\",\"\"\n") ==
        Rows{{"a,\"x\"", "b"}, {"two\r\nlines", ""}});
  CHECK(read("a,b,\n,,\n") == Rows{{"a", "b", ""}, {"", "", ""}});
  CHECK(read("\xEF\xBB\xBF"
             "a,b\n\n\n1,2\n\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("5\" disc,b\n") == Rows{{"5\" disc", "b"}});  // a quote inside is a letter
  CHECK(read("") == Rows{});
}

TEST_CASE("the separator is the most frequent one of the first line", "[own_data][csv]") {
  CHECK(read("a;b,c;d\n") == Rows{{"a", "b,c", "d"}});
  CHECK(read("a\tb\n1,5\t2\n") == Rows{{"a", "b"}, {"1,5", "2"}});
  CHECK(read("\"x;y;z\",b\n") == Rows{{"x;y;z", "b"}});
  CHECK(read("a;b\n", ',') == Rows{{"a;b"}});
  CHECK(read("a|b\n") == Rows{{"a", "b"}});
}

TEST_CASE("lines are counted through quoted line breaks", "[own_data][csv]") {
  const TemporaryFolder folder("lines");
  CsvReader reader(folder.write("a.csv", "a,b\r\n\"1\r\n2\n3\",x\r\n\r\nlast,y\n"));
  std::vector<int64_t> lines;
  for (CsvRow row; reader.next(row);) lines.push_back(row.line);
  CHECK(lines == std::vector<int64_t>{1, 2, 6});
}

TEST_CASE("damaged tables are refused with file and line", "[own_data][csv]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(read("a,b\n1,\"open\n2,3\n"), Contains("a.csv:2: the quote is not closed"));
  CHECK_THROWS_WITH(read("a,b\n1,\"x\" y\n"), Contains("a.csv:2: text behind a closing quote"));
  CHECK_THROWS_WITH(read(std::string("a,b\n\n1,\0002\n", 9)),
                    Contains("a.csv:3: holds a zero byte"));
  CHECK_THROWS_WITH(read("\xFF\xFE"
                         "a"),
                    Contains("UTF-16"));
  CHECK_THROWS_WITH(read("a\n" + std::string((1 << 20) + 1, 'x')), Contains("1 MiB"));
  CHECK_THROWS_WITH(read(std::string(100'001, ',')), Contains("100,000 columns"));
  CHECK_THROWS_WITH(CsvReader("/no/such.csv"), Contains("/no/such.csv"));
}

TEST_CASE("random tables read back as they were written", "[own_data][csv]") {
  std::mt19937 random(5);
  const std::string letters = "ab,;\t|\"\"\n\r 7\xC3\xA4";
  for (int round = 0; round < 300; ++round) {
    const size_t columns = 1 + random() % 5;
    Rows rows(1 + random() % 6, std::vector<std::string>(columns));
    for (auto& row : rows) {
      for (auto& cell : row) {
        for (size_t length = random() % 9; length > 0; --length) {
          cell += letters[random() % letters.size()];
        }
      }
    }
    const char separator = ",;\t|"[random() % 4];
    const std::string end = round % 3 == 0 ? "\r\n" : round % 3 == 1 ? "\n" : "\r";
    CHECK(read(written(rows, separator, end), separator) == rows);
  }
}

TEST_CASE("no bytes make the reader fail otherwise than by an error", "[own_data][csv]") {
  std::mt19937 random(11);
  const std::string base = "a;\"b\"\"c\";d\r\n1;\"two\r\nlines\";3\n;;\n\"x\";y;z";
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = base.substr(0, random() % (base.size() + 1));
    for (size_t flips = random() % 4; flips > 0 && !text.empty(); --flips) {
      text[random() % text.size()] =
          round % 2 == 0 ? static_cast<char>(random()) : ",;\"\r\n\t|"[random() % 7];
    }
    try {
      size_t cells = 0;
      for (const auto& row : read(text)) cells += row.size();
      CHECK(cells <= text.size() + 1);
    } catch (const modhost::Error& error) {
      CHECK(error.code() == modhost::ErrorCode::data);
      ++refused;
    }
  }
  CHECK(refused > 100);
  CHECK(refused < 2900);
}

TEST_CASE("numbers are decimal, finite and whole cells", "[own_data][csv]") {
  CHECK(number_in(" 1.5 ", false) == 1.5);
  CHECK(number_in("+2e3", false) == 2000.0);
  CHECK(number_in("-0.5", false) == -0.5);
  CHECK(number_in("1,5", true) == 1.5);
  CHECK(number_in("7", true) == 7.0);
  for (const char* text : {"", "1,5", "1.5x", "0x10", "inf", "nan", "1e999", "--1", "+-1", "1 2"}) {
    CAPTURE(text);
    CHECK_FALSE(number_in(text, false).has_value());
  }
  CHECK_FALSE(number_in("1.500,5", true).has_value());
  for (const char* text : {"", "  ", "NA", "N/A", "NaN", "null", "?"}) CHECK(is_missing(text));
  for (const char* text : {"0", "-", "none", "NAN1"}) CHECK_FALSE(is_missing(text));
}
