# Makes a C++ source of one of the kernel's programs, so that it is part of the worker's file:
#
#   cmake -D PROGRAM=answer -D OBJECT=answer.bpf.o -D SOURCE=answer_object.cpp -P embed.cmake
file(READ ${OBJECT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes ${bytes})
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes ${bytes})
file(WRITE ${SOURCE} "#include \"datapath/xdp/object.hpp\"

namespace nanotune::datapath {
namespace {

alignas(16) constexpr unsigned char ${PROGRAM}_bytes[] = {
${bytes}};

}  // namespace

std::span<const std::byte> ${PROGRAM}_object() {
    return std::as_bytes(std::span(${PROGRAM}_bytes));
}

}  // namespace nanotune::datapath
")
