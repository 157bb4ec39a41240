#define CATCH_CONFIG_MAIN  // of Catch2 2
#include <catch2/catch.hpp>

#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#endif
