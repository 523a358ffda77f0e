// What is generated of the contract for who calls it, with the limits that adaptor.hpp tells of.
#pragma once

#include "service/bus/wire.hpp"
//
#include <org.nanotune1-proxy.hpp>
