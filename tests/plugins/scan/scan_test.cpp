#include "scan.h"

#include <modhost/error.h>
#include <torch/utils.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

using namespace modhost;
using namespace modhost_scan;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<ScanOptions> options_with(const std::string& train_split) {
  auto options = std::make_shared<ScanOptions>();
  options->train_split.set(train_split);
  return options;
}

// The words and actions of sample `row` of a batch, as text; checks that the rest is padding.
std::string sample_text(const Batch& batch, int64_t row) {
  std::vector<std::string> parts;
  const auto add = [&](const Tensor& tokens, int64_t length,
                       const std::vector<std::string>& names) {
    for (int64_t at = 0; at < length - 1; ++at)
      parts.push_back(names.at(tokens[at].item<int64_t>()));
    CHECK(tokens[length - 1].item<int64_t>() == static_cast<int64_t>(names.size()));  // the end
    CHECK(tokens.slice(0, length).abs().sum().item<int64_t>() == 0);
  };
  add(batch.input[row], batch.input_length[row].item<int64_t>(), word_names());
  parts.emplace_back("->");
  add(batch.target[row], batch.target_length[row].item<int64_t>(), action_names());
  return join(parts, " ");
}

// Every sample of a source, sorted.
std::multiset<std::string> samples(const Source& source) {
  std::multiset<std::string> out;
  for (int64_t first = 0; first < source.size(); first += 1000) {
    std::vector<int64_t> indices;
    for (int64_t i = first; i < std::min(first + 1000, source.size()); ++i) indices.push_back(i);
    const Batch batch = source.load(indices);
    for (int64_t row = 0; row < batch.size(); ++row) {
      const auto bytes = [&](const Tensor& tokens, const Tensor& length) {
        std::string text;
        for (int64_t at = 0; at < length[row].item<int64_t>(); ++at) {
          text += static_cast<char>('a' + tokens.data_ptr<int64_t>()[row * tokens.size(1) + at]);
        }
        return text;
      };
      out.insert(bytes(batch.input, batch.input_length) + " " +
                 bytes(batch.target, batch.target_length));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a batch is padded to its own longest command and ends with the end token", "[scan]") {
  std::vector<Command> commands = {*command_of({kJump}), *command_of({kTurn, kAround, kLeft}),
                                   *command_of({kRun, kTwice, kAfter, kLook})};
  const CommandSource source(std::move(commands));
  const Batch batch = source.load({2, 0, 1, 0});
  CHECK(batch.input.sizes() == torch::IntArrayRef({4, 5}));
  CHECK(batch.target.sizes() == torch::IntArrayRef({4, 5}));
  CHECK(torch::equal(batch.input_length, torch::tensor({5, 2, 4, 2}, torch::kLong)));
  CHECK(torch::equal(batch.target_length, torch::tensor({4, 2, 5, 2}, torch::kLong)));
  CHECK(sample_text(batch, 0) == "run twice after look -> I_LOOK I_RUN I_RUN");
  CHECK(sample_text(batch, 1) == "jump -> I_JUMP");
  CHECK(sample_text(batch, 2) ==
        "turn around left -> I_TURN_LEFT I_TURN_LEFT I_TURN_LEFT I_TURN_LEFT");
  CHECK(source.load({0}).input.size(1) == 2);
}

TEST_CASE("the signature holds the longest command and both vocabularies", "[scan]") {
  const Signature signature = Scan(options_with("simple")).signature();
  CHECK(signature.text() == "tokens [10] -> tokens [49, 7]");
  CHECK(signature.vocabulary == 14);
}

TEST_CASE("the network learns one split, each task is a split of its own", "[scan]") {
  const Scan dataset(options_with("length"));
  CHECK(dataset.describe() == "16,990 commands (split length, generated)");
  CHECK(dataset.all(Split::train)->size() == 16990);
  CHECK(dataset.all(Split::validation)->size() == 0);
  CHECK(dataset.all(Split::test)->size() == 3920);
  CHECK(dataset.task("jump", Split::train)->size() == 14670);
  CHECK(dataset.task("turn_left", Split::test)->size() == 1208);
  CHECK(dataset.other("jump", Split::test)->size() == 3920);
  CHECK(dataset.task("length", Split::test) == dataset.all(Split::test));
  CHECK_THROWS_AS(dataset.task("simple", Split::train), Error);  // not among the default tasks
  CHECK(dataset.tasks().size() == 3);
}

TEST_CASE("validation commands are taken from the training part", "[scan]") {
  auto options = options_with("simple");
  options->validation.set(1000);
  const Scan dataset(options);
  const auto train = samples(*dataset.all(Split::train));
  const auto held = samples(*dataset.all(Split::validation));
  CHECK(train.size() == 15728);
  CHECK(held.size() == 1000);
  auto all = samples(*Scan(options_with("simple")).all(Split::train));
  for (const auto& part : {train, held}) {
    for (const std::string& sample : part) {
      const auto found = all.find(sample);
      REQUIRE(found != all.end());
      all.erase(found);
    }
  }
  CHECK(all.empty());
  options->validation.set(16728);
  CHECK_THROWS_WITH(Scan(options), Catch::Contains("'dataset.validation' is 16728"));
}

TEST_CASE("parts can be cut down", "[scan]") {
  auto options = options_with("simple");
  options->train.set(300);
  options->test.set(20);
  const Scan dataset(options);
  CHECK(dataset.describe() == "300 commands (split simple, generated)");
  CHECK(dataset.all(Split::train)->size() == 300);
  CHECK(dataset.task("jump", Split::train)->size() == 300);
  CHECK(dataset.task("jump", Split::test)->size() == 20);
}

TEST_CASE("exported splits are read back as they were", "[scan][files]") {
  const fs::path folder =
      fs::temp_directory_path() / ("modhost_scan_export_" + std::to_string(::getpid()));
  const Scan generated(options_with("turn_left"));
  generated.export_to(folder);
  auto options = options_with("turn_left");
  options->folder.set(folder.string());
  const Scan read(options);
  for (const Split split : {Split::train, Split::test}) {
    CHECK(samples(*read.all(split)) == samples(*generated.all(split)));
  }
  CHECK(read.describe() == "21,890 commands (split turn_left, from " + folder.string() + ")");
  CHECK_THROWS_AS(read.export_to(folder), Error);
  fs::remove(folder / "length_split" / "tasks_test_length.txt");
  CHECK_THROWS_WITH(Scan(options).describe(),
                    Catch::Contains("length_split/tasks_test_length.txt") &&
                        !Catch::Contains("tasks_train_length.txt"));
  fs::remove_all(folder);
}

TEST_CASE("the official files of the splits in use are named, with their addresses",
          "[scan][files]") {
  const fs::path home = fs::temp_directory_path() / ("modhost_scan_" + std::to_string(::getpid()));
  ::setenv("MODHOST_DATA", home.c_str(), 1);
  auto options = options_with("simple");
  options->tasks.set({"jump", "simple"});
  DataFiles files = Scan(options).files();
  CHECK(files.folder == home / "scan");
  CHECK_FALSE(files.download);
  REQUIRE(files.list.size() == 4);
  CHECK(files.list[3].name == "add_prim_split/tasks_test_addprim_jump.txt");
  CHECK(files.list[3].urls ==
        std::vector<std::string>{"https://raw.githubusercontent.com/brendenlake/SCAN/master/"
                                 "add_prim_split/tasks_test_addprim_jump.txt"});
  CHECK(Scan(options).describe() == "16,728 commands (split simple, generated)");

  // Read from where modhost keeps data when asked; a file may also lie in the folder itself.
  Scan(options_with("simple")).export_to(home / "scan");
  options->source.set("official");
  CHECK(Scan(options).describe() ==
        "16,728 commands (split simple, from " + (home / "scan").string() + ")");
  CHECK(Scan(options).all(Split::test)->size() == 4182);
  fs::rename(home / "scan" / files.list[3].name, home / "scan/tasks_test_addprim_jump.txt");
  CHECK(Scan(options).files().list[3].name == "tasks_test_addprim_jump.txt");
  CHECK(Scan(options).task("jump", Split::test)->size() == 7706);
  fs::remove_all(home);
  CHECK_THROWS_WITH(Scan(options).all(Split::test),
                    Catch::Contains("dataset 'scan': not in '" + (home / "scan").string() + "'"));
  ::unsetenv("MODHOST_DATA");
}

TEST_CASE("a download is refused when nothing would be read", "[scan]") {
  ScanOptions options;
  options.download.set(true);
  CHECK_THROWS_WITH(options.validate(), Catch::Contains("the commands are generated"));
  options.source.set("official");
  options.validate();
}
