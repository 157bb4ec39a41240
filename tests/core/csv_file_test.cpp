#include "csv_file.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"

namespace {

using namespace modhost;
using namespace modhost::core;

std::string message_of(const std::string& text) {
  try {
    parse_csv(text, "t.csv");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.what();
  }
  return "";
}

TEST_CASE("a table is read back as it was written") {
  Table table{{"name", "a,b", "c"}, {}};
  table.add({"one \"two\"", int64_t{-3}, 0.1});
  table.add({"line\nbreak, comma", Cell(), 1e-300});
  table.add({"", int64_t{123456789012345}, -2.5e20});
  const Table back = parse_csv(table.csv(), "t.csv");
  CHECK(back.columns == table.columns);
  REQUIRE(back.rows.size() == 3);
  CHECK(back.rows[0] == table.rows[0]);
  CHECK(back.rows[1] == table.rows[1]);
  CHECK(std::holds_alternative<std::monostate>(back.rows[2][0]));  // both are an empty field
  CHECK(back.rows[2][1] == table.rows[2][1]);
  CHECK(back.rows[2][2] == table.rows[2][2]);
}

TEST_CASE("what a spreadsheet would spoil stays text") {
  const Table table = parse_csv(
      "a\r\n007\r\n1234567890123456\r\ninf\r\nnan\r\n-\r\n0x10\r\n1.\r\n\"5\"\r\n+1\r\n1 \r\n0\r\n"
      "-0.5\r\n",
      "t.csv");
  REQUIRE(table.rows.size() == 12);
  for (const size_t row : {0, 1, 2, 3, 4, 5, 7, 8, 9}) {
    INFO(row);
    CHECK(std::holds_alternative<std::string>(table.rows[row][0]));
  }
  CHECK(std::get<std::string>(table.rows[0][0]) == "007");
  CHECK(std::get<int64_t>(table.rows[10][0]) == 0);
  CHECK(std::get<double>(table.rows[11][0]) == -0.5);
}

TEST_CASE("a broken table is told with its line") {
  CHECK(message_of("") == "'t.csv', line 1: it has no header");
  CHECK(message_of("\n") == "'t.csv', line 1: it has no header");
  CHECK(message_of("a,b\n1,2\n3\n") == "'t.csv', line 3: 1 cells, and the header has 2");
  CHECK(message_of("a\n\"b\nc\n") == "'t.csv', line 2: a quote is not closed");
  CHECK(message_of("a\n\"b\"c\n") == "'t.csv', line 2: a cell goes on behind its closing quote");
}

TEST_CASE("truncated and changed tables are refused or read, never worse") {
  const std::string whole = "a,b\n\"x \"\"y\"\"\",1.5\n,-3\n";
  for (size_t length = 0; length <= whole.size(); ++length) message_of(whole.substr(0, length));
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      message_of(changed);
    }
  }
}

}  // namespace
