#include "dm_math.h"

#include <modhost/error.h>
#include <modhost/files.h>
#include <torch/utils.h>

#include <set>

#include "temporary.h"

using namespace modhost;
using namespace modhost_dm_math;
using namespace dm_math_test;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<DmMathOptions> small(const std::string& module = "arithmetic__add_or_sub") {
  auto options = std::make_shared<DmMathOptions>();
  options->module.set(module);
  options->generated.set(300);
  options->test.set(40);
  return options;
}

std::shared_ptr<DmMathOptions> from(const fs::path& folder, const std::string& module) {
  auto options = small(module);
  options->folder.set(folder.string());
  return options;
}

// "QUESTION -> ANSWER" of one sample, numbers turned back; checks end token and padding.
std::string sample_text(const Batch& batch, int64_t row, const std::string& characters) {
  const auto text = [&](const Tensor& tokens, int64_t length) {
    std::string out;
    for (int64_t at = 0; at < length - 1; ++at) out += characters.at(tokens[at].item<int64_t>());
    CHECK(tokens[length - 1].item<int64_t>() == static_cast<int64_t>(characters.size()));
    CHECK(tokens.slice(0, length).abs().sum().item<int64_t>() == 0);
    return out;
  };
  return text(batch.input[row], batch.input_length[row].item<int64_t>()) + " -> " +
         text(batch.target[row], batch.target_length[row].item<int64_t>());
}

std::vector<std::string> samples(const Source& source, const std::string& characters) {
  std::vector<int64_t> all(static_cast<size_t>(source.size()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  const Batch batch = source.load(all);
  std::vector<std::string> out;
  for (int64_t row = 0; row < source.size(); ++row) {
    out.push_back(sample_text(batch, row, characters));
  }
  return out;
}

std::multiset<std::string> sorted(const std::vector<std::string>& items) {
  return {items.begin(), items.end()};
}

}  // namespace

TEST_CASE("a batch is padded to its own longest question and answer", "[dm_math]") {
  auto module = std::make_shared<Module>();
  module->pairs[Part::easy].add("1 + 1", "2");
  module->pairs[Part::hard].add("11 + 11 + 1", "23");
  const PairSource source(module, " +123", {{Part::easy, 0}, {Part::hard, 0}});
  const Batch batch = source.load({1, 0, 1});
  CHECK(batch.input.sizes() == torch::IntArrayRef({3, 12}));
  CHECK(batch.target.sizes() == torch::IntArrayRef({3, 3}));
  CHECK(torch::equal(batch.input_length, torch::tensor({12, 6, 12}, torch::kLong)));
  CHECK(torch::equal(batch.target_length, torch::tensor({3, 2, 3}, torch::kLong)));
  CHECK(sample_text(batch, 0, " +123") == "11 + 11 + 1 -> 23");
  CHECK(sample_text(batch, 1, " +123") == "1 + 1 -> 2");
  CHECK(source.load({0}).input.size(1) == 6);
  CHECK(source.groups().at(static_cast<size_t>(source.group(1))) == "hard");
}

TEST_CASE("the network learns all difficulties, a task is one of them", "[dm_math]") {
  const DmMath dataset(small());
  CHECK(dataset.signature().text() == "tokens [161] -> tokens [31, 54]");
  CHECK(dataset.describe() == "780 questions (arithmetic__add_or_sub, generated)");
  CHECK(dataset.all(Split::train)->size() == 780);
  CHECK(dataset.all(Split::validation)->size() == 0);
  CHECK(dataset.all(Split::test)->size() == 120);
  CHECK(dataset.task("easy", Split::train)->size() == 260);
  CHECK(dataset.task("easy", Split::test)->size() == 40);
  const auto characters = generated_characters();
  const auto texts = [&](const std::shared_ptr<const Source>& source) {
    return sorted(samples(*source, characters));
  };
  CHECK(texts(dataset.other("easy", Split::test)) == texts(dataset.task("hard", Split::test)));
  CHECK(texts(dataset.other("hard", Split::test)) == texts(dataset.task("easy", Split::test)));
  std::multiset<std::string> together;
  for (const Task& task : dataset.tasks())
    together.merge(texts(dataset.task(task.name, Split::test)));
  CHECK(together == texts(dataset.all(Split::test)));
  CHECK_THROWS_WITH(dataset.task("esy", Split::test), Catch::Contains("has no task 'esy'"));
}

TEST_CASE("tests can be had on any part, and their first samples are of all", "[dm_math]") {
  auto options = small("comparison__sort");
  options->test_on.set({"hard", "interpolate", "extrapolate"});
  const DmMath dataset(options);
  const auto test = dataset.all(Split::test);
  CHECK(test->size() == 120);
  std::map<std::string, int> counts;
  for (int64_t i = 0; i < 60; ++i) ++counts[test->groups()[static_cast<size_t>(test->group(i))]];
  CHECK(counts.size() == 3);
  for (const auto& [name, count] : counts) CHECK(count > 8);  // 20, give or take 3.6
  options->module.set("polynomials__collect");
  CHECK_THROWS_WITH(DmMath(options).all(Split::test),
                    Catch::Contains("has no questions in 'extrapolate'"));
}

TEST_CASE("training questions can be cut down and set aside", "[dm_math]") {
  auto options = small();
  options->validation.set(60);
  const DmMath whole(options);
  CHECK(whole.all(Split::train)->size() == 600);
  CHECK(whole.all(Split::validation)->size() == 180);
  const auto characters = generated_characters();
  std::multiset<std::string> both = sorted(samples(*whole.all(Split::train), characters));
  both.merge(sorted(samples(*whole.all(Split::validation), characters)));
  CHECK(both == sorted(samples(*DmMath(small()).all(Split::train), characters)));
  options->train.set(10);
  CHECK(DmMath(options).all(Split::train)->size() == 30);
  options->validation.set(260);
  CHECK_THROWS_WITH(
      DmMath(options).all(Split::train),
      Catch::Contains("'dataset.validation' is 260") && Catch::Contains("has only 260 questions"));
}

TEST_CASE("an export is read back as it was, from the folder and from the archive",
          "[dm_math][files]") {
  const Folder folder;
  const DmMath generated(small("comparison__sort"));
  generated.export_to(folder.path);
  const fs::path unpacked = folder.path / "mathematics_dataset-v1.0";
  const fs::path archive = folder.path / "mathematics_dataset-v1.0.tar.gz";
  REQUIRE(fs::exists(unpacked / "extrapolate/comparison__sort_more.txt"));
  const auto characters = generated_characters();
  for (const fs::path& place : {folder.path, unpacked, archive}) {
    CAPTURE(place);
    auto options = from(place, "comparison__sort");
    options->test_on.set({"easy", "interpolate", "extrapolate"});
    const DmMath read(options);
    const DataFiles files = read.files();
    CHECK(files.list.size() == (place == archive ? 1 : 0));
    CHECK(files.missing().empty());
    CHECK(read.signature().vocabulary == generated.signature().vocabulary);
    for (const Task& task : generated.tasks()) {
      for (const Split split : {Split::train, Split::test}) {
        CHECK(samples(*read.task(task.name, split), characters) ==
              samples(*generated.task(task.name, split), characters));
      }
    }
    CHECK(read.all(Split::test)->size() == 120);
    CHECK_THROWS_AS(read.export_to(folder.path), Error);
  }
  const std::string bytes = read_file(archive);
  generated.export_to(folder.path);
  CHECK(read_file(archive) == bytes);
}

TEST_CASE("characters can be those of the module alone", "[dm_math]") {
  auto options = small();
  options->vocabulary.set("module");
  options->generated.set(2000);
  // No '*', '=' and '/', no capitals of other modules.
  CHECK(DmMath(options).signature().vocabulary < 45);
}

TEST_CASE("data that is not there and modules that are not are named", "[dm_math][files]") {
  const Folder folder;
  const DmMath absent(from(folder.path, "algebra__linear_1d"));
  CHECK(absent.files().missing().size() == 1);
  CHECK(absent.files().folder == folder.path);
  CHECK_THROWS_WITH(absent.signature(), Catch::Contains("not in '" + folder.path.string() +
                                                        "': mathematics_dataset-v1.0.tar.gz"));
  CHECK(refusal([] {
          DmMath(small("comparison__sorts"));
        }).find("did you mean 'comparison__sort'?") != std::string::npos);
  auto generated = small();
  CHECK(DmMath(generated).files().list.size() == 1);  // can be prepared,
  CHECK_FALSE(DmMath(generated).files().download);    // and is not asked for
  CHECK(DmMath(generated).describe().find("generated") != std::string::npos);
  auto published = small();
  published->source.set("official");
  fs::copy_file(fixture(), folder.path / fixture().filename());  // the index is kept beside it
  published->folder.set(folder.path.string());
  CHECK(DmMath(published).all(Split::test)->size() == 120);
  published->test.set(1000);
  CHECK(refusal([&] {
          DmMath(published).all(Split::test);
        }).find("'dataset.test' is 1000, but 'easy' has only") != std::string::npos);
}
