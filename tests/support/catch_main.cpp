// Catch2's main, for what its own library is not compiled for.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
