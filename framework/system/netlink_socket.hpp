// A generic netlink socket, in the network namespace in which it was opened.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "system/answer.hpp"
#include "system/datagrams.hpp"
#include "system/generic_request.hpp"

struct mnl_socket;

namespace nanotune {

class NetlinkSocket {
  public:
    /// With extended acknowledgements. Errors: as kernel_failure.
    static Result<NetlinkSocket> open();

    /// Sends the request and waits for its whole answer: see ending_for. `operation` opens the text
    /// of errors.
    [[nodiscard]] Result<Bodies> exchange(GenericRequest& request, std::string_view operation);

  private:
    struct Closer {
        void operator()(mnl_socket* socket) const noexcept;
    };
    explicit NetlinkSocket(std::unique_ptr<mnl_socket, Closer> socket);

    [[nodiscard]] Result<Answer> exchange_once(GenericRequest& request, std::string_view operation);

    std::unique_ptr<mnl_socket, Closer> socket_;
    std::uint32_t sequence_ = 0;
    DatagramRoom room_;
};

}  // namespace nanotune
