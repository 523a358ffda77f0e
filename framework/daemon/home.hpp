// The state folder, as the daemon lives in it: prepared, and held for life.
#pragma once

#include <string>

#include "system/storage/residence.hpp"

namespace nanotune::daemon {

/// One thread's.
class Home {
  public:
    /// `command` is what others are told lives there. Errors: busy, naming who lives there
    /// already; denied, io.
    static Result<Home> move_into(std::string folder, std::string command);
    /// Moves in anew where somebody has removed the folder. Errors: as before; then the next call
    /// tries again.
    Status stay();

  private:
    Home(std::string folder, std::string command, Residence residence)
        : folder_(std::move(folder)),
          command_(std::move(command)),
          residence_(std::move(residence)) {}

    std::string folder_;
    std::string command_;
    Residence residence_;
};

}  // namespace nanotune::daemon
