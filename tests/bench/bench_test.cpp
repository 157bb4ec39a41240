// The benchmark runs through with tiny sizes and says what it promises. Times are never judged.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;

// Runs the program as if the user had no wishes for BLAS; its words are dropped.
int bench(const std::string& arguments) {
  const std::string command = std::string("env -u OPENBLAS_CORETYPE ") + MODHOST_BENCH + " ";
  const int status = std::system((command + arguments + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<Json> smoke(const std::string& arguments) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("modhost-bench-" + std::to_string(::getpid()) + ".jsonl");
  REQUIRE(bench("--smoke --out " + file.string() + " " + arguments) == 0);
  std::vector<Json> out;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
  std::filesystem::remove(file);
  return out;
}

void check_positive(const Json& record, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    INFO(record.dump() << ": " << key);
    REQUIRE(record.contains(key));
    CHECK(std::isfinite(record[key].get<double>()));
    CHECK(record[key].get<double>() > 0);
  }
}

// The names of a table of the README, whose first heading is what they begin with.
std::set<std::string> table_of_readme(const std::string& prefix) {
  std::set<std::string> names;
  std::ifstream lines(MODHOST_BENCH_README);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const size_t end = line.find('`', 3);
    if (line.rfind("| `", 0) != 0 || end == std::string::npos) {
      inside = inside && line.rfind("| ---", 0) == 0;
    } else if (!inside) {
      inside = line.substr(3, end - 3) == prefix;
    } else {
      names.insert(prefix + line.substr(3, end - 3));
    }
  }
  return names;
}

}  // namespace

TEST_CASE("every network has a line with both estimators and finite ratios", "[bench]") {
  std::map<std::string, std::set<std::string>> estimators;
  for (const Json& record : smoke("--only 'mask-step/*'")) {
    check_positive(record, {"threads", "plain_cpu_s", "mask_cpu_s", "ratio", "pair_ratio",
                            "plain_wall_s", "mask_wall_s", "batch", "samples", "peak_rss_mb"});
    CHECK(record["ratio"].get<double>() ==
          Approx(record["mask_cpu_s"].get<double>() / record["plain_cpu_s"].get<double>()));
    estimators[record["name"]].insert(record["estimator"].get<std::string>());
  }
  for (const char* name :
       {"fnn-2000x4", "fnn-800x4", "lstm-256", "lstm-512x40", "cnn", "transformer", "scl-160"}) {
    INFO(name);
    CHECK(estimators[std::string("mask-step/") + name] == std::set<std::string>{"gumbel", "mean"});
  }
}

TEST_CASE("layers, sampling and memory are measured too", "[bench]") {
  std::set<std::string> kinds;
  for (const Json& record : smoke("--only 'layer/*' --only 'sample*' --only 'memory/*'")) {
    const std::string name = record["name"];
    const std::string kind = name.substr(0, name.find('/'));
    kinds.insert(kind);
    if (kind == "layer") check_positive(record, {"ours_cpu_s", "torch_cpu_s", "ratio"});
    if (kind == "sample") check_positive(record, {"cpu_s", "ns_per_bit"});
    if (kind == "memory") CHECK(std::isfinite(record["many_mb"].get<double>()));
  }
  CHECK(kinds == std::set<std::string>{"layer", "memory", "sample"});
}

TEST_CASE("ten networks are trained one by one and together", "[bench]") {
  std::set<std::string> names;
  for (const Json& record : smoke("--only 'seeds/*' --threads 1")) {
    names.insert(record["name"].get<std::string>());
    check_positive(record, {"single_cpu_s", "together_cpu_s", "ratio", "pair_ratio",
                            "single_wall_s", "together_wall_s"});
    CHECK(record["seeds"] == 10);
    CHECK(record["threads"] == 1);
    const double single = record["single_cpu_s"].get<double>();
    CHECK(record["ratio"].get<double>() == Approx(single / record["together_cpu_s"].get<double>()));
    CHECK(record["pair_ratio"].get<double>() == Approx(record["ratio"].get<double>()));  // one pair
  }
  const std::set<std::string> described = table_of_readme("seeds/");
  REQUIRE(!described.empty());
  CHECK(names == described);
}

TEST_CASE("the estimators of mask gradients are compared with the true one", "[bench]") {
  std::map<std::string, std::set<std::string>> estimators;
  for (const Json& record : smoke("--only 'estimators/*'")) {
    const std::string name = record["name"];
    estimators[name].insert(record["estimator"].get<std::string>());
    if (name.find("-training") == std::string::npos) {
      check_positive(record, {"bias", "bias_noise", "variance", "truth_noise", "weights", "draws"});
      CHECK(std::abs(record["bias_cosine"].get<double>()) <= 1 + 1e-9);
      CHECK(record["signs"].get<double>() <= 1);
    } else {
      check_positive(record, {"accuracy", "unmasked", "kept", "cpu_s", "seed"});
      CHECK(record["kept"].get<double>() <= 1);
    }
  }
  const std::set<std::string> both = {"gumbel", "mean"}, all = {"gumbel", "mean", "score"};
  CHECK(estimators["estimators/mlp"] == all);
  CHECK(estimators["estimators/cnn"] == all);
  CHECK(estimators["estimators/mlp-training"] == both);
  CHECK(estimators["estimators/cnn-training"] == both);
}

TEST_CASE("spectral clusterings are timed with their shuffles", "[bench]") {
  std::set<std::string> names;
  for (const Json& record : smoke("--only 'cluster/*' --threads 2")) {
    names.insert(record["name"].get<std::string>());
    check_positive(record, {"cpu_s", "true_cpu_s", "graph_cpu_s", "total_cpu_s", "total_wall_s",
                            "ncut", "shuffled_mean", "shuffled_sd", "p"});
    CHECK(record["k"] == 4);
    CHECK(record["shuffles"] == 5);
    CHECK(record["ncut"].get<double>() < 3);  // clusters - 1: as good as any labels
    CHECK(std::abs(record["ncut"].get<double>() - record["shuffled_mean"].get<double>()) < 0.5);
  }
  const std::set<std::string> described = table_of_readme("cluster/");
  REQUIRE(!described.empty());
  CHECK(names == described);
}

TEST_CASE("lesions together are those one by one", "[bench]") {
  std::set<std::string> names;
  for (const Json& record : smoke("--only 'lesion/*' --threads 1")) {
    names.insert(record["name"].get<std::string>());
    check_positive(record, {"lesions", "single_cpu_s", "together_cpu_s", "ratio"});
    CHECK(std::abs(record["accuracy_difference"].get<double>()) < 1e-9);
  }
  const std::set<std::string> described = table_of_readme("lesion/");
  REQUIRE(!described.empty());
  CHECK(names == described);
}

TEST_CASE("modules are detected in networks of all densities", "[bench]") {
  std::set<std::string> names;
  for (const Json& record : smoke("--only 'sculpt/detect*' --threads 1")) {
    names.insert(record["name"].get<std::string>());
    check_positive(record, {"cpu_s", "networks", "live_units", "modules"});
    if (record["name"] == "sculpt/detect-published") CHECK(record["networks"] == 120);
  }
  CHECK(names.size() == 4);
  CHECK(table_of_readme("sculpt/detect-") == names);
}

TEST_CASE("one network is sculpted in one way, and several in many", "[bench]") {
  std::set<std::string> names;
  for (const char* name : {"sculpt/example", "sculpt/selection"}) {
    for (const Json& record : smoke(std::string("--threads 1 --only ") + name)) {
      names.insert(record["name"].get<std::string>());
      check_positive(record, {"networks", "trainings", "cpu_s", "cpu_s_per_training"});
    }
  }
  CHECK(names == std::set<std::string>{"sculpt/example", "sculpt/selection"});
}

TEST_CASE("the benchmark computes with the settings of a run", "[bench]") {
  const std::vector<Json> records = smoke("--only sample --threads 1");
  REQUIRE(records.size() == 1);
  CHECK(records[0]["threads"] == 1);
  // On a CPU that runs our AVX-512 kernels, OpenBLAS was told to use its own before it was loaded.
  if (records[0]["isa"] == "avx512" && records[0]["blas"] != "unknown") {
    CHECK(records[0]["blas"] == "SkylakeX");
  }
}

TEST_CASE("unknown options and names of the benchmark are refused", "[bench]") {
  CHECK(bench("--oly cnn") == 2);
  CHECK(bench("--threads 0") == 2);
  CHECK(bench("--estimator both") == 2);
  CHECK(bench("--smoke --only no-such-network --out /dev/null") == 2);
}
