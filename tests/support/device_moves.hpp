// What an operator does to network devices behind nanotune's back.
#pragma once

#include <string>

#include "support/fake_host.hpp"

namespace nanotune::test {

/// Everything that is kept under the device's name follows.
void rename_nic(FakeHost& host, const std::string& from, const std::string& to);
void swap_nics(FakeHost& host, const std::string& one, const std::string& other);
/// Into another network namespace. What it holds itself goes along, its sysctls are lost.
void move_nic_away(FakeHost& host, const std::string& name);
/// With the sysctls that every device begins with.
void move_nic_back(FakeHost& host, const std::string& name);
/// With everything that it holds.
void remove_nic(FakeHost& host, const std::string& name);
/// As a driver does while it resets the card, which then answers nobody and is there all the same.
void detach_nic(FakeHost& host, const std::string& name);
/// Once it has done so.
void attach_nic(FakeHost& host, const std::string& name);
/// The driver goes and comes: the device has another number, and what it holds is as at first.
void reload_driver(FakeHost& host, const std::string& name, const NicOptions& options);

}  // namespace nanotune::test
