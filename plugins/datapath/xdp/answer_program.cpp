#include "answer_program.hpp"

#include "object.hpp"

namespace nanotune::datapath {

Result<AnswerProgram> AnswerProgram::load(const nt_xdp_fixed& fixed) {
    NT_TRY(BpfObject object, BpfObject::open(answer_object()));
    NT_CHECK(object.fix(&fixed, sizeof fixed));
    NT_TRY(const std::size_t cpus, object.have_one_a_cpu("nt_counted", sizeof(nt_xdp_counted)));
    NT_TRY(Descriptor program, object.load());
    NT_TRY(SharedWithKernel told, object.share(".bss", sizeof(nt_xdp_told)));
    NT_TRY(SharedWithKernel counted, object.share("nt_counted", sizeof(nt_xdp_counted), cpus));
    return AnswerProgram(std::move(program), std::move(told), std::move(counted), cpus);
}

}  // namespace nanotune::datapath
