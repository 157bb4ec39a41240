#include "summary.h"

#include <catch2/catch.hpp>

namespace {

using namespace modhost;
using namespace modhost::core;

Table sample() {
  Table table;
  table.columns = {"task", "masked", "problems", "loss"};
  table.add({"control", 0.70251, int64_t{1000}, 12.3456});
  table.add({"größe", std::monostate{}, int64_t{50}, 1e-5});
  return table;
}

TEST_CASE("a table has its names left, its numbers right and a dash for what is missing") {
  CHECK(table_text(sample()) ==
        "task      masked   problems      loss\n"
        "control    0.703      1,000      12.3\n"
        "größe          -         50   1.0e-05\n");
}

TEST_CASE("large numbers lose their decimals") {
  Table table;
  table.columns = {"n"};
  table.add({1234567.8});
  table.add({2.25});
  CHECK(table_text(table) == "        n\n1,234,568\n        2\n");
}

TEST_CASE("numbers that a method wrote out stand right as well") {
  Table table;
  table.columns = {"kept"};
  table.add({std::string("7 %")});
  table.add({std::string("100 %")});
  table.add({std::string("-")});
  CHECK(table_text(table) == " kept\n  7 %\n100 %\n    -\n");
}

TEST_CASE("an empty table is its heading") {
  Table table;
  table.columns = {"a", "b"};
  CHECK(table_text(table) == "a   b\n");
}

TEST_CASE("a summary has the header, then tables and sentences in their order") {
  Table table;
  table.columns = {"a"};
  table.add({int64_t{1}});
  const std::vector<RunWriter::Shown> shown = {
      {table, ""}, {{}, "One."}, {{}, "Two."}, {table, ""}};
  CHECK(summary_text({{"raven", "10 problems"}, {"diffmask", "masks"}}, shown) ==
        "raven     10 problems\n"
        "diffmask  masks\n"
        "\na\n1\nOne.\nTwo.\n\na\n1\n");
}

TEST_CASE("long sentences are broken on the screen, rows of tables are not") {
  const std::string header = "raven     many problems of three kinds\ndiffmask  masks\n";
  const std::string row = "a task with a long name   0.1234567890   0.2\n";
  const std::string text = header + "\n" + row + "A sentence that größer is than thirty.\nShort.\n";
  CHECK(broken_summary(text, 30) ==
        "raven     many problems of\n"
        "          three kinds\n"
        "diffmask  masks\n\n" +
            row +
            "A sentence that größer is than\n"
            "thirty.\n"
            "Short.\n");
  CHECK(broken_summary(text, 100) == text);
  CHECK(broken_summary("", 30).empty());
}

}  // namespace
