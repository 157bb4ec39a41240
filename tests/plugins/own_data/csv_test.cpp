// Tables as a dataset, against what Python's csv module and NumPy found in them.
#include <modhost/error.h>
#include <torch/utils.h>

#include <functional>

#include "csv_dataset.h"
#include "own_data_helpers.h"

using namespace modhost;
using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;

namespace {

std::shared_ptr<CsvOptions> options_for(const std::string& file) {
  auto options = std::make_shared<CsvOptions>();
  options->file.set(file);
  return options;
}

std::shared_ptr<CsvOptions> messy() {
  auto options = options_for(data("messy.csv").string());
  options->decimal.set("comma");
  options->missing.set("mean");
  options->label.set({"grade"});
  options->split.set("part");
  options->task.set("place");
  options->ignore.set({"id"});
  return options;
}

using Change = std::function<void(CsvOptions&)>;

// All samples of a table that is as good as given, none for validation and test, unscaled.
Batch samples_of(const std::string& text, const Change& change = {}) {
  const TemporaryFolder folder("csv");
  auto options = options_for(folder.write("t.csv", text));
  options->splits.validation_share.set(0);
  options->splits.test_share.set(0);
  options->normalize.set("none");
  if (change) change(*options);
  return everything(*Csv(options).all(Split::train));
}

std::vector<float> numbers(const Tensor& tensor) {
  const Tensor flat = tensor.contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace

TEST_CASE("a table of flowers is divided, each class in proportion", "[own_data][csv]") {
  const Csv dataset(options_for(data("flowers.csv").string()));
  CHECK(dataset.signature().text() == "features [4] -> classes [3]");
  CHECK_THAT(dataset.describe(),
             Contains("150 rows (105 training, 15 validation, 30 test) from ") &&
                 Contains("'species' from 4 columns"));
  CHECK(dataset.chance() == Approx(1.0 / 3));
  for (const auto& [split, count] :
       {std::pair(Split::train, 35), std::pair(Split::validation, 5), std::pair(Split::test, 10)}) {
    const Tensor counts = torch::bincount(everything(*dataset.all(split)).target, {}, 3);
    CHECK(torch::equal(counts, torch::full({3}, count, torch::kLong)));
  }
  const Tensor train = everything(*dataset.all(Split::train)).input.to(torch::kDouble);
  CHECK(train.mean(0).abs().max().item<double>() < 1e-6);
  CHECK((train.std(0, false) - 1).abs().max().item<double>() < 1e-6);
}

TEST_CASE("another seed divides otherwise, the same one does not", "[own_data][csv]") {
  auto options = options_for(data("flowers.csv").string());
  options->normalize.set("none");
  const Tensor one = everything(*Csv(options).all(Split::test)).input;
  CHECK(torch::equal(everything(*Csv(options).all(Split::test)).input, one));
  options->splits.seed.set(5);
  CHECK_FALSE(torch::equal(everything(*Csv(options).all(Split::test)).input, one));
}

TEST_CASE("quotes, decimal commas, gaps and texts are what Python reads", "[own_data][csv]") {
  const Csv dataset(messy());
  const Tensor part = expected("messy/part");
  for (const Split split : kSplits) {
    const Batch batch = everything(*dataset.all(split));
    check_close(batch.input, rows_in(expected("messy/input"), part, split));
    CHECK(torch::equal(batch.target, rows_in(expected("messy/target"), part, split)));
  }
  CHECK(dataset.all(Split::train)->groups() == std::vector<std::string>{"-2", "9", "10"});
}

TEST_CASE("tasks are the values of a column, compared with all others", "[own_data][csv]") {
  const Csv dataset(messy());
  const auto tasks = dataset.tasks();
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].name == "north");
  const Tensor part = expected("messy/part"), south = expected("messy/south").to(torch::kLong);
  const Tensor all = everything(*dataset.all(Split::train)).input;
  const Tensor here = rows_in(south, part, Split::train);
  const Tensor inside = all.index_select(0, here.nonzero().flatten());
  const Tensor outside = all.index_select(0, here.eq(0).nonzero().flatten());
  CHECK(torch::equal(everything(*dataset.task("south", Split::train)).input, inside));
  CHECK(torch::equal(everything(*dataset.other("south", Split::train)).input, outside));
  CHECK(torch::equal(everything(*dataset.task("north", Split::train)).input, outside));
  CHECK_THROWS_WITH(dataset.task("sout", Split::train), Contains("no task 'sout'"));
}

TEST_CASE("values are predicted from several columns", "[own_data][csv]") {
  auto options = options_for(data("flowers.csv").string());
  options->target.set("values");
  options->label.set({"2", "petal_length"});
  options->normalize.set("none");
  options->task.set("species");
  const Csv dataset(options);
  CHECK(dataset.signature().text() == "features [2] -> values [2]");
  CHECK(dataset.chance() == 0);
  CHECK(dataset.tasks().size() == 3);
  const Batch all = samples_of("a,b,c\n1,2,3\n4,5,6\n", [](CsvOptions& o) {
    o.target.set("values");
    o.label.set({"c", "a"});
  });
  CHECK(numbers(all.target) == std::vector<float>{3, 1, 6, 4});
  CHECK(numbers(all.input) == std::vector<float>{2, 5});
}

TEST_CASE("missing cells are refused, replaced or dropped", "[own_data][csv]") {
  const std::string table = "a,b,y\n1,,p\n2,x,q\n,x,p\n6,NA,q\n";
  CHECK_THROWS_WITH(samples_of(table), Contains("t.csv:2: column 'b' is missing ('')"));
  const auto with = [&](const std::string& how) {
    return numbers(samples_of(table, [&](CsvOptions& o) { o.missing.set(how); }).input);
  };
  CHECK(with("zero") == std::vector<float>{1, 0, 2, 1, 0, 1, 6, 0});
  CHECK(with("mean") == std::vector<float>{1, 0, 2, 1, 3, 1, 6, 0});
  CHECK(with("drop") == std::vector<float>{2, 1});
  CHECK_THROWS_WITH(samples_of("a,y\n1,p\n2,\n", [](CsvOptions& o) { o.missing.set("mean"); }),
                    Contains("t.csv:3: column 'y' is missing"));
}

TEST_CASE("columns of texts and those that are asked for become categories", "[own_data][csv]") {
  const std::string table = "code,size,y\n10,big,0\n9,small,1\n10,big,0\n";
  CHECK(numbers(samples_of(table).input) == std::vector<float>{10, 1, 0, 9, 0, 1, 10, 1, 0});
  const auto ask = [](CsvOptions& o) { o.categorical.set({"code"}); };
  CHECK(numbers(samples_of(table, ask).input) ==
        std::vector<float>{0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0});
  CHECK_THROWS_WITH(samples_of(table, [](CsvOptions& o) { o.categories.set(1); }),
                    Contains("t.csv:2: column 'size' has 'big', which is no number, and the column "
                             "has more than 1 different texts"));
}

TEST_CASE("a table without a header has numbered columns", "[own_data][csv]") {
  const Batch all = samples_of("1,5,a\n2,6,b\n", [](CsvOptions& o) {
    o.header.set(false);
    o.ignore.set({"2"});
  });
  CHECK(numbers(all.input) == std::vector<float>{1, 2});
  CHECK(torch::equal(all.target, torch::tensor({0, 1}, torch::kLong)));
}

TEST_CASE("the column 'label' is the target unless another is named", "[own_data][csv]") {
  CHECK(numbers(samples_of("label,a\n3,7\n4,8\n").input) == std::vector<float>{7, 8});
}

TEST_CASE("row numbers without a name are no input", "[own_data][csv]") {
  const std::string table = ",a,b\n0,7,p\n1,8,q\n";
  CHECK(numbers(samples_of(table).input) == std::vector<float>{7, 8});
  CHECK(numbers(samples_of(table, [](CsvOptions& o) { o.categorical.set({"1"}); }).input) ==
        std::vector<float>{1, 0, 7, 0, 1, 8});
}

TEST_CASE("a column 'label' that is left out is not the target", "[own_data][csv]") {
  const auto ignore = [](CsvOptions& o) { o.ignore.set({"label"}); };
  const Batch all = samples_of("label,a,b\n3,7,p\n4,8,q\n", ignore);
  CHECK(numbers(all.input) == std::vector<float>{7, 8});
  CHECK(torch::equal(all.target, torch::tensor({0, 1}, torch::kLong)));
}

TEST_CASE("wrong columns are told with the nearest", "[own_data][csv]") {
  const auto with = [](const Change& change) {
    return [change] { samples_of("width,height,kind\n1,2,a\n3,4,b\n", change); };
  };
  const auto message = [](const std::function<void()>& act) -> std::string {
    try {
      act();
    } catch (const Error& error) {
      return error.full();
    }
    return "";
  };
  CHECK_THAT(message(with([](CsvOptions& o) { o.label.set({"knd"}); })),
             Contains("'dataset.label' names the column 'knd'") &&
                 Contains("width, height, kind") && Contains("did you mean 'kind'?"));
  CHECK_THAT(message(with([](CsvOptions& o) { o.label.set({"4"}); })), Contains("column '4'"));
  CHECK_THAT(message(with([](CsvOptions& o) {
               o.ignore.set({"kind"});
               o.label.set({"kind"});
             })),
             Contains("named by both 'dataset.ignore' and 'dataset.label'"));
  CHECK_THAT(message(with([](CsvOptions& o) {
               o.ignore.set({"width", "height"});
             })),
             Contains("no column left for the inputs"));
  CHECK_THAT(message(with([](CsvOptions& o) {
               o.label.set({"width", "height"});
             })),
             Contains("names 2 columns") && Contains("--dataset.target values"));
  CHECK_THAT(message(with([](CsvOptions& o) { o.categorical.set({"kind"}); })),
             Contains("which is no input"));
}

TEST_CASE("wrong tables are told with file, line and column", "[own_data][csv]") {
  CHECK_THROWS_WITH(samples_of("a,y\n1,p\n2\n"), Contains("t.csv:3: 1 cells, the first row has 2"));
  CHECK_THROWS_WITH(samples_of("a,a,y\n1,2,p\n"), Contains("two columns 'a'"));
  CHECK_THROWS_WITH(samples_of("a,y\n"), Contains("has no rows to learn from"));
  CHECK_THROWS_WITH(samples_of(""), Contains("is empty"));
  CHECK_THROWS_WITH(samples_of("a,y\n1e300,p\n"), Contains("too large"));
  CHECK_THROWS_WITH(samples_of("a,y\n1,p\n", [](CsvOptions& o) { o.target.set("values"); }),
                    Contains("t.csv:2: column 'y' is 'p', needed a number"));
  CHECK_THROWS_WITH(samples_of("a,s,y\n1,tset,p\n", [](CsvOptions& o) { o.split.set("s"); }),
                    Contains("t.csv:2: column 's' is 'tset', needed train, validation, test"));
  std::string many = "a,y\n";
  for (int i = 0; i < 200; ++i) many += "1," + std::to_string(i * 0.5) + "\n";
  CHECK_THROWS_WITH(samples_of(many), Contains("200 different classes in 200 rows"));
}

TEST_CASE("no damage to a table ends otherwise than by an error", "[own_data][csv]") {
  const std::string base = "a,b,kind\n1,x,p\n2.5,\"y\",q\n3,x,p\n4,z,q\n";
  uint64_t state = 3;
  int refused = 0;
  for (int round = 0; round < 500; ++round) {
    std::string text = base;
    for (int flips = 0; flips < 2; ++flips) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      text[(state >> 33) % text.size()] = "\n\r,;\"x1. -\xC3\t"[(state >> 20) % 12];
    }
    try {
      const Batch batch = samples_of(text);
      CHECK(batch.input.isfinite().all().item<bool>());
    } catch (const Error& error) {
      CHECK((error.code() == ErrorCode::data || error.code() == ErrorCode::config));
      ++refused;
    }
  }
  CHECK(refused > 20);
  CHECK(refused < 480);
}
