#include "sheet_names.h"

#include <catch2/catch.hpp>

namespace {

using namespace modhost::core;

TEST_CASE("sheet names are legal, short and different") {
  SheetNames names;
  CHECK(names.add("run") == "run");
  CHECK(names.add("Run") == "Run~2");  // spreadsheets do not tell case apart
  CHECK(names.add("a[b]:c*d?e/f\\g'") == "a_b__c_d_e_f_g_");
  CHECK(names.add("") == "run~3");
  CHECK(names.add("History") == "History~2");
  CHECK(names.add("net", "networks/3") == "net networks 3");
  CHECK(names.add("net", "epoch_0004") == "net epoch 0004");
  CHECK(names.add("net", "a_state_with_a_long_name_0004") == "net a state ~ame 0004");
}

TEST_CASE("long names keep their beginning and their end") {
  SheetNames names;
  const std::string run = "lesion-transformer-dm_math-0123abcd";
  CHECK(names.add(run) == "lesion-transformer-dm_~0123abcd");
  CHECK(names.add(run) == "lesion-transformer-d~0123abcd~2");
  CHECK(names.add(run, "unpruned/12") == "lesion-tra~0123abcd unpruned 12");
  for (int i = 0; i < 200; ++i) CHECK(names.add(run, "unpruned/12").size() <= kLongestSheetName);
  std::string wide;
  for (int i = 0; i < 40; ++i) wide += "\u00e4";
  const std::string name = names.add(wide);
  CHECK(name.size() == 2 * 30 + 1);  // 31 code points, one of them '~'
}

TEST_CASE("text of a workbook is valid and no longer than a cell") {
  CHECK(workbook_text("a\tb\n") == "a\tb\n");
  CHECK(workbook_text(std::string("a\0b\x1b", 4)) == "a?b?");
  CHECK(workbook_text("\xff\xfe") == "\ufffd\ufffd");
  CHECK(workbook_text("\u00e4\u00f6\u00fc", 2) == "\u00e4\u2026");
  CHECK(workbook_text(std::string(40000, 'x')).size() == 31999 + 3);
}

}  // namespace
