package main

// #include "shim.h"
import "C"

import (
	"fmt"
	"math"
	"time"

	"github.com/liblake/lake/ake"
)

//export lakego_config_set_option
func lakego_config_set_option(h C.uintptr_t, option C.int32_t, value C.int64_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error { return setOption(c, option, int64(value)) })
}

func setOption(c *ake.Config, option C.int32_t, value int64) error {
	switch option {
	case C.LAKE_OPTION_PEER_POLICY:
		if value <= 0 || value > math.MaxInt32 { // 0 would be the default
			return &ake.Error{Status: ake.ErrUnsupported, Detail: fmt.Sprintf("peer policy %d", value)}
		}
		c.Policy = ake.PeerPolicy(value)
	case C.LAKE_OPTION_PULL:
		if value < 0 || value > math.MaxInt32 {
			return ake.ErrUnsupported
		}
		c.Pull = ake.Pull(value)
	case C.LAKE_OPTION_MESSAGE_4:
		return setFlag(&c.Message4, value)
	case C.LAKE_OPTION_ANY_PEER:
		return setFlag(&c.AllowAnyPeer, value)
	case C.LAKE_OPTION_OUTDATED_CRLS:
		return setFlag(&c.AcceptOutdatedCRLs, value)
	case C.LAKE_OPTION_CLOCK_TOLERANCE:
		if value == 0 {
			c.ClockTolerance = ake.NoTolerance
			return nil
		}
		return setSeconds(&c.ClockTolerance, value)
	case C.LAKE_OPTION_EXCHANGE_LIFETIME:
		return setSeconds(&c.ExchangeLifetime, value)
	default:
		return ake.ErrUnsupported
	}
	return nil
}

func setFlag(to *bool, value int64) error {
	if value != 0 && value != 1 {
		return ake.ErrArgument
	}
	*to = value == 1
	return nil
}

func setSeconds(to *time.Duration, value int64) error {
	if value < 0 || value > C.LAKEC_MAX_AGE {
		return ake.ErrArgument
	}
	*to = time.Duration(value) * time.Second
	return nil
}
