#!/bin/sh
# ctest runs a test case by its name. One that begins like an option, or that CMake would take apart as
# a list, would run nothing and pass: such names are found here.
#
#   tests/packaging/names_test.sh TESTS-FOLDER
if grep -rnE --include='*.cpp' 'TEST_CASE\("(-|[^"]*[][;\\])' "$1"; then
    echo "these names cannot be given to ctest"
    exit 1
fi
