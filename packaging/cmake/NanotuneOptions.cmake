# Warnings and sanitizers, as one interface target that everything of ours links.
find_package(PkgConfig REQUIRED)

set(NANOTUNE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

add_library(nanotune-options INTERFACE)
target_compile_options(nanotune-options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # Optimised, g++ 12 sees overlapping copies in every "text" + std::string (GCC bug 105651).
    target_compile_options(nanotune-options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # std::stable_sort of libstdc++ is made with what C++ deprecates; g++ says nothing of its own headers.
    target_compile_options(nanotune-options INTERFACE -Wno-deprecated-declarations)
endif()
if(NANOTUNE_SANITIZE)
    target_compile_options(nanotune-options INTERFACE
        -fsanitize=${NANOTUNE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(nanotune-options INTERFACE -fsanitize=${NANOTUNE_SANITIZE})
    if(NANOTUNE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # It knows of no fences: all that ours order is atomic by itself, which it does know.
        target_compile_options(nanotune-options INTERFACE -Wno-tsan)
    endif()
    # Programs of a quarter of a gigabyte: the usual linker takes longer for each than its sources did.
    find_program(NANOTUNE_MOLD ld.mold)
    if(NANOTUNE_MOLD)
        target_link_options(nanotune-options INTERFACE -fuse-ld=mold)
    endif()
endif()

# A run of nanotune takes milliseconds, and loading is most of them: fewer mappings a library, and no
# library that nothing is taken from.
target_link_options(nanotune-options INTERFACE -Wl,--as-needed -Wl,-z,noseparate-code -Wl,-O1)

# What is installed carries its C++ runtime: loading the shared one takes as long as all that most
# commands do. A sanitizer needs the shared one.
include(CMakeDependentOption)
cmake_dependent_option(NANOTUNE_STATIC_RUNTIME
    "Link the C++ runtime, fmt and libnl into each program, library and plugin" ON "NOT NANOTUNE_SANITIZE" OFF)
add_library(nanotune-runtime INTERFACE)
if(NANOTUNE_STATIC_RUNTIME)
    # Each function by itself, so that the linker can leave it out or lay it where it is needed.
    target_compile_options(nanotune-options INTERFACE -ffunction-sections)
    target_link_options(nanotune-runtime INTERFACE
        -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-z,defs
        -Wl,--exclude-libs,libstdc++.a)
endif()

# A release is compiled for size, as the time of a command is that of the pages that it touches; but for
# what handles packets, what sums up plugins, and what formats numbers, which would call the library of
# mathematics to round.
add_library(nanotune-for-speed INTERFACE)
target_compile_options(nanotune-for-speed INTERFACE $<$<CONFIG:Release>:-O2>)

# Most of the time of a build goes into the same headers and the same templates, again for each source:
# these sources are compiled sixteen at a time, except by the preset dev, which compiles again what was
# changed and nothing else. Sources named after APART share names with their neighbours and stay alone.
option(NANOTUNE_TOGETHER "Compile several sources of a library at a time" OFF)
if(NANOTUNE_TOGETHER)
    # Together, g++ sees more of std::expected than it can follow, and Clang takes what is a neighbour's
    # own for shadowed; dev and tidy keep the warnings.
    target_compile_options(nanotune-options INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:Clang>:-Wno-shadow>)
endif()
function(nanotune_compile_together target)
    cmake_parse_arguments(ARG "" "" "APART" ${ARGN})
    set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    set_target_properties(${target} PROPERTIES
        UNITY_BUILD ${NANOTUNE_TOGETHER} UNITY_BUILD_BATCH_SIZE 16)
endfunction()
