package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
)

// maxOptions is how many options a message can have here; most have few.
const (
	maxOptions = 64
	fewOptions = 12
)

// decode reads a CoAP message over UDP. It refers to the datagram.
func decode(datagram []byte) (*message.Message, error) {
	var failed error
	for _, room := range []int{fewOptions, maxOptions} {
		m := &message.Message{Options: make(message.Options, 0, room)}
		if _, failed = coder.DefaultCoder.Decode(datagram, m); failed == nil {
			return m, nil
		}
		if !errors.Is(failed, message.ErrOptionsTooSmall) {
			break
		}
	}
	return nil, fmt.Errorf("not a CoAP message: %w", failed)
}

// encode writes a message that was read and changed.
func encode(m *message.Message) ([]byte, error) {
	size, err := coder.DefaultCoder.Size(*m)
	if err != nil {
		return nil, err
	}
	datagram := make([]byte, size)
	_, err = coder.DefaultCoder.Encode(*m, datagram)
	return datagram, err
}

func isRequest(m *message.Message) bool { return m.Code != codes.Empty && m.Code>>5 == 0 }

// observe is the value of the Observe option, or -1 if there is none.
func observe(m *message.Message) int {
	value, err := m.Options.GetUint32(message.Observe)
	if err != nil {
		return -1
	}
	return int(value)
}

// withQuery puts name=value into a request in the place of all that it has under the
// name; without a value, of nothing.
func withQuery(m *message.Message, name, value string) {
	var options message.Options
	for _, o := range m.Options {
		if key, _, _ := bytes.Cut(o.Value, []byte{'='}); o.ID == message.URIQuery && string(key) == name {
			continue
		}
		options = append(options, o)
	}
	if value != "" {
		options = options.Add(message.Option{ID: message.URIQuery, Value: []byte(name + "=" + value)})
	}
	m.Options = options
}
