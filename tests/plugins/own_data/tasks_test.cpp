// Division into splits, and tasks from classes and groups.
#include <modhost/error.h>

#include <algorithm>

#include "annotations.h"
#include "csv_dataset.h"
#include "own_data_helpers.h"

using namespace modhost;
using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;

namespace {

int64_t count(const Annotations& notes, Part part) {
  return std::count(notes.part.begin(), notes.part.end(), part);
}

// Rows of the classes car, cat, dog and c++ in turn.
Csv animals(const Names& groups, const Names& tasks) {
  static const TemporaryFolder folder("tasks");
  std::string text = "a,label\n";
  for (int row = 0; row < 80; ++row) {
    text += std::to_string(row) + "," +
            std::vector<std::string>{"car", "cat", "dog", "c++"}[row % 4] + "\n";
  }
  auto options = std::make_shared<CsvOptions>();
  options->file.set(folder.write("a.csv", text));
  options->choice.groups.set(groups);
  options->choice.tasks.set(tasks);
  return Csv(options);
}

std::vector<std::string> names(const DatasetBase& dataset) {
  std::vector<std::string> out;
  for (const Task& task : dataset.tasks()) out.push_back(task.name);
  return out;
}

// How many samples of each class, in the order c++, car, cat, dog.
std::vector<int64_t> classes(const std::shared_ptr<const Source>& source) {
  std::vector<int64_t> out(4);
  for (int64_t i = 0; i < source->size(); ++i) ++out[static_cast<size_t>(source->group(i))];
  return out;
}

using Counts = std::vector<int64_t>;

}  // namespace

TEST_CASE("shares are those of all samples, in every class and task", "[own_data]") {
  Annotations notes;
  notes.size = 1000;
  notes.classes = {"rare", "usual"};
  for (int i = 0; i < 1000; ++i) notes.label.push_back(i % 20 == 0 ? 0 : 1);
  Annotations other = notes;
  divide(notes, 0.1, 0.3, 7);
  CHECK(count(notes, Part::test) == 300);
  CHECK(count(notes, Part::validation) == 100);
  int64_t rare = 0;
  for (size_t i = 0; i < 1000; i += 20) rare += notes.part[i] == Part::test ? 1 : 0;
  CHECK(rare == 15);
  CHECK(largest_share(notes) == 0.95);
  divide(other, 0.1, 0.3, 7);
  CHECK((other.part == notes.part));
}

TEST_CASE("only splits that the data lack are taken from training", "[own_data]") {
  Annotations notes;
  notes.size = 100;
  notes.part.assign(80, Part::train);
  notes.part.resize(100, Part::test);
  divide(notes, 0.1, 0.5, 1);
  CHECK(count(notes, Part::test) == 20);
  CHECK(count(notes, Part::validation) == 8);
  for (size_t i = 80; i < 100; ++i) CHECK((notes.part[i] == Part::test));
}

TEST_CASE("without tasks in the data each class is left out once", "[own_data]") {
  const Csv dataset = animals({}, {});
  CHECK(names(dataset) ==
        std::vector<std::string>{"without_c++", "without_car", "without_cat", "without_dog"});
  CHECK(classes(dataset.task("without_cat", Split::test)) == Counts{4, 4, 0, 4});
  CHECK(classes(dataset.other("without_cat", Split::test)) == Counts{0, 0, 4, 0});
}

TEST_CASE("groups of classes are tasks by name", "[own_data]") {
  const Csv dataset = animals({"beasts:cat|dog", "things:car|c++"}, {});
  CHECK(names(dataset) == std::vector<std::string>{"beasts", "things"});
  CHECK(classes(dataset.task("beasts", Split::test)) == Counts{0, 0, 4, 4});
  CHECK(classes(dataset.other("beasts", Split::test)) == Counts{4, 4, 0, 0});
  CHECK(dataset.tasks()[0].help == "the classes cat, dog; compared with the others");
}

TEST_CASE("tasks can be chosen in every way", "[own_data]") {
  const Csv dataset =
      animals({"beasts:cat|dog"}, {"beasts", "dog", "without_car", "car+cat", "c++"});
  CHECK(names(dataset) ==
        std::vector<std::string>{"beasts", "without_dog", "without_car", "car+cat", "without_c++"});
  CHECK(classes(dataset.task("car+cat", Split::test)) == Counts{0, 4, 4, 0});
  CHECK(classes(dataset.task("without_c++", Split::test)) == Counts{0, 4, 4, 4});
}

TEST_CASE("wrong tasks and groups are told with the nearest", "[own_data]") {
  const auto message = [](const Names& groups, const Names& tasks) -> std::string {
    try {
      animals(groups, tasks).tasks();
    } catch (const Error& error) {
      return error.full();
    }
    return "";
  };
  CHECK_THAT(message({}, {"doge"}), Contains("'dataset.tasks' has 'doge'") &&
                                        Contains("c++, car, cat, dog") &&
                                        Contains("did you mean 'dog'?"));
  CHECK_THAT(message({"beasts:cat|dgo"}, {}),
             Contains("has 'dgo' in 'beasts'") && Contains("did you mean 'dog'?"));
  CHECK_THAT(message({"beasts"}, {}), Contains("needed NAME:CLASS|CLASS"));
  CHECK_THAT(message({"beasts:"}, {}), Contains("needed NAME:CLASS|CLASS"));
  CHECK_THAT(message({"a:cat", "a:dog"}, {}), Contains("the task 'a' is there twice"));
}
