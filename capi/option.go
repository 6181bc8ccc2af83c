package main

// #include "shim.h"
import "C"

import (
	"math"
	"time"

	"github.com/liblake/lake/ake"
)

//export lakego_config_set_option
func lakego_config_set_option(h C.uintptr_t, option C.int32_t, value C.int64_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return setOption(c, option, int64(value)) })
}

func setOption(c *ake.Config, option C.int32_t, value int64) error {
	switch option {
	case C.LAKE_OPTION_PEER_POLICY:
		if value < 0 || value > math.MaxInt32 {
			return ake.ErrUnsupported
		}
		return c.SetPeerPolicy(ake.PeerPolicy(value))
	case C.LAKE_OPTION_PULL:
		if value < 0 || value > math.MaxInt32 {
			return ake.ErrUnsupported
		}
		return c.SetPull(ake.Pull(value))
	case C.LAKE_OPTION_MESSAGE_4:
		return setFlag(c.RequireMessage4, value)
	case C.LAKE_OPTION_ANY_PEER:
		return setFlag(c.AllowAnyPeer, value)
	case C.LAKE_OPTION_OUTDATED_CRLS:
		return setFlag(c.AcceptOutdatedCRLs, value)
	case C.LAKE_OPTION_CLOCK_TOLERANCE:
		return setSeconds(c.SetClockTolerance, value)
	case C.LAKE_OPTION_EXCHANGE_LIFETIME:
		return setSeconds(c.SetExchangeLifetime, value)
	}
	return ake.ErrUnsupported
}

func setFlag(set func(bool) error, value int64) error {
	if value != 0 && value != 1 {
		return ake.ErrArgument
	}
	return set(value == 1)
}

func setSeconds(set func(time.Duration) error, value int64) error {
	if value < 0 || value > C.LAKEC_MAX_AGE {
		return ake.ErrArgument
	}
	return set(time.Duration(value) * time.Second)
}
