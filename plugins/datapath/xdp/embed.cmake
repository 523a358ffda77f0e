# Makes a C++ source of the kernel's program, so that it is part of the worker's file:
#
#   cmake -D OBJECT=answer.bpf.o -D SOURCE=answer_object.cpp -P embed.cmake
file(READ ${OBJECT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes ${bytes})
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes ${bytes})
file(WRITE ${SOURCE} "#include \"datapath/xdp/object.hpp\"

namespace nanotune::datapath {
namespace {

alignas(16) constexpr unsigned char bytes[] = {
${bytes}};

}  // namespace

std::span<const std::byte> answer_object() {
    return std::as_bytes(std::span(bytes));
}

}  // namespace nanotune::datapath
")
