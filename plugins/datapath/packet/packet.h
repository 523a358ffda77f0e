// Packets of market data in, packets of orders out: everything about them that needs no memory
// besides theirs. The processor (C++) and the kernel's program (BPF) are compiled from it alike.
//
// It never reads a byte that it has not compared with the frame's end, calls nothing and keeps
// nothing. Parts: bytes.h (numbers and sums), headers.h and listen.h (whose), message.h (market
// data and orders), outcome.h, classify.h, usual.h and tcp.h (what becomes of a packet), reply.h
// (headers of answers). SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only, as programs in the
// kernel need.
#ifndef NANOTUNE_DATAPATH_PACKET_H
#define NANOTUNE_DATAPATH_PACKET_H

#include "classify.h"
#include "message.h"
#include "outcome.h"
#include "reply.h"
#include "tcp.h"
#include "usual.h"

#endif
