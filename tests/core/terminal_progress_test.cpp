#include "terminal_progress.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

#include "modhost/files.h"
#include "test_folder.h"

namespace {

using namespace modhost::core;

// What `work` writes on stderr, which is no terminal meanwhile.
template <typename Work>
std::string words_of(Work&& work) {
  const TestFolder folder;
  const auto path = folder.path() / "err";
  std::fflush(stderr);
  const int kept = ::dup(STDERR_FILENO);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ::dup2(file, STDERR_FILENO);
  work();
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(file);
  return modhost::read_file(path);
}

void pass(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

TEST_CASE("where there is no terminal a stage is a sentence at its begin and at its end") {
  const std::string words = words_of([] {
    TerminalProgress progress;
    progress.begin("training", 2000, "problems", 500);
    pass(20);
    progress.update(1000, {});
    progress.end("accuracy 0.5");
  });
  CHECK(words == "training: 2,000 problems, 500 of them done before\naccuracy 0.5\n");
}

TEST_CASE("when asked, there is a sentence now and then between them") {
  const std::string words = words_of([] {
    TerminalProgress progress(0.1);
    progress.begin("fetching a", 2000, "KB", 0);
    progress.update(1, {});
    pass(120);
    progress.update(1000, {});
    progress.update(1001, {});  // not yet the next one
    pass(120);
    progress.update(1500, {});
    progress.end("");
  });
  CHECK_THAT(words, Catch::Matches("fetching a: 2,000 KB\n"
                                   "fetching a: 50 %, [0-9,]+ KB/s, 0:00 left\n"
                                   "fetching a: 75 %, [0-9,]+ KB/s, 0:00 left\n"));
}

}  // namespace
