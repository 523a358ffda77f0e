// What is generated of the contract for who serves it. The limits of what is read come first: the
// generated code reads with whatever it finds declared by then.
#pragma once

#include "service/bus/wire.hpp"
//
#include <org.nanotune1-adaptor.hpp>
