#include "modhost/writer.h"

#include <modhost/error.h>
#include <modhost/state_file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <limits>

using namespace modhost;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_writer_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a headline is a scalar whose name is kept, once and in order", "[writer]") {
  const Folder folder;
  RunWriter writer(folder.path);
  writer.scalar("a", 1);
  writer.headline("kept", 0.5);
  writer.headline("accuracy", 0.75);
  writer.headline("kept", 0.25);
  CHECK(writer.headlines() == std::vector<std::string>{"kept", "accuracy"});
  CHECK(writer.scalars() ==
        std::map<std::string, double>{{"a", 1}, {"accuracy", 0.75}, {"kept", 0.25}});
  CHECK_THROWS_WITH(writer.headline("bad", std::numeric_limits<double>::quiet_NaN()),
                    "the result 'bad' is not finite");
  CHECK(writer.headlines().size() == 2);
}

TEST_CASE("tensors can say what they are", "[writer]") {
  const Folder folder;
  RunWriter writer(folder.path);
  writer.tensors("states/a", {{"x", torch::ones({2})}}, {{"label", "epoch_0004"}});
  Metadata metadata;
  const NamedTensors back = load_safetensors(folder.path / "states/a.safetensors", &metadata);
  CHECK(metadata == Metadata{{"label", "epoch_0004"}});
  CHECK(torch::equal(back.front().second, load_npz(folder.path / "states/a.npz").front().second));
}
