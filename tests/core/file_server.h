// tests/server/server.py for the time of one test case.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

class FileServer {
 public:
  explicit FileServer(const std::filesystem::path& folder) : log_(folder / "log") {
    ::setenv("no_proxy", "127.0.0.1,localhost", 1);
    int to_server[2], from_server[2];
    if (::pipe2(to_server, O_CLOEXEC) != 0 || ::pipe2(from_server, O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    const std::string text = folder.string(), log = log_.string();
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(to_server[0], 0);
      ::dup2(from_server[1], 1);
      ::execlp("python3", "python3", MODHOST_TEST_DATA "/../server/server.py", text.c_str(),
               log.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to_server[0]);
    ::close(from_server[1]);
    stdin_ = to_server[1];
    for (char digit = 0; ::read(from_server[0], &digit, 1) == 1 && digit != '\n';) port_ += digit;
    ::close(from_server[0]);
    if (port_.empty()) throw std::runtime_error("the server for the test does not start");
  }
  FileServer(const FileServer&) = delete;
  FileServer& operator=(const FileServer&) = delete;
  ~FileServer() {
    ::close(stdin_);  // it ends
    ::waitpid(child_, nullptr, 0);
  }

  std::string host() const { return "127.0.0.1:" + port_; }
  std::string url(const std::string& path) const { return "http://" + host() + "/" + path; }
  // "/plain/a bytes=10- 206"
  std::vector<std::string> requests() const {
    std::vector<std::string> lines;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  std::filesystem::path log_;
  std::string port_;
  pid_t child_ = -1;
  int stdin_ = -1;
};
