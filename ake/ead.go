package ake

import (
	"crypto/rand"
	"errors"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
)

// EADItem is one item of external authorization data (RFC 9528 section 3.8).
// A negative label says that the item is critical: a receiver that does not
// understand it ends the session. A nil Value means that there is none.
type EADItem = message.EAD

// eadOpen says in which states EAD for a message of one's own can be added.
var eadOpen = map[Role]map[int][]State{
	Initiator: {
		1: {StateStart},
		3: {StateStart, StateWait2, StatePending2, StateVerified2},
	},
	Responder: {
		2: {StateStart, StatePending1, StateReceived1},
		4: {StateStart, StatePending1, StateReceived1, StateWait3, StatePending3, StateVerified3},
	},
}

// AddEAD adds an item to a message that is not yet prepared. Label 0 is for
// padding, which AddPadding makes.
func (s *Session) AddEAD(message int, item EADItem) error {
	if item.Label == 0 {
		return errorf(ErrArgument, "EAD label 0 is padding")
	}
	if item.Value != nil {
		item.Value = append([]byte{}, item.Value...)
	}
	return s.addEAD(message, item)
}

// AddPadding makes a message n bytes longer (RFC 9528 section 3.8.1). The
// content is random.
func (s *Session) AddPadding(message, n int) error {
	if n < 1 || n > s.limits().MessageSize {
		return errorf(ErrArgument, "padding of %d bytes", n)
	}
	items, err := padding(n)
	if err != nil {
		return err
	}
	return s.addEAD(message, items...)
}

// padding makes items with label 0 that take exactly n bytes together.
func padding(n int) ([]EADItem, error) {
	const label = 1
	for head := 1; head <= 5; head++ {
		size := n - label - head
		if size < 0 || cborx.HeadLength(size) != head {
			continue
		}
		value := make([]byte, size)
		if _, err := rand.Read(value); err != nil {
			return nil, errorf(ErrInternal, "the random generator failed")
		}
		return []EADItem{{Value: value}}, nil
	}
	// One byte, or a length between what two sizes of head give: a bare label
	// takes one byte.
	if n == label {
		return []EADItem{{}}, nil
	}
	rest, err := padding(n - label)
	return append([]EADItem{{}}, rest...), err
}

func (s *Session) addEAD(message int, items ...EADItem) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.leave()
	states, ok := eadOpen[s.role][message]
	if !ok {
		return s.note(errorf(ErrArgument, "message_%d is not sent by the %v", message, s.role))
	}
	if !slices.Contains(states, s.state) {
		return s.note(errorf(ErrState, "EAD_%d cannot be added in state %v", message, s.state))
	}
	if len(s.eadOut[message])+len(items) > maxLimits.EADItems {
		return s.note(errorf(ErrLimit, "more than %d EAD items", maxLimits.EADItems))
	}
	s.eadOut[message] = append(s.eadOut[message], items...)
	return nil
}

// EAD returns the items, without padding, that were received in a message. They
// can be read as soon as the message was parsed; until the message is verified
// (until the call that processes it succeeds) anybody may have made them.
func (s *Session) EAD(message int) (items []EADItem, err error) {
	if message < 1 || message > 4 {
		return nil, errorf(ErrArgument, "message %d", message)
	}
	err = s.read(func() { items = slices.Clone(s.eadIn[message]) })
	return items, err
}

// receive keeps the items of a message for the host, without padding.
func (s *Session) receiveEAD(n int, items []EADItem) error {
	kept := make([]EADItem, 0, len(items))
	for _, item := range items {
		if !item.Padding() {
			item.Value = slices.Clone(item.Value)
			kept = append(kept, item)
		}
	}
	if len(kept) > s.limits().EADItems {
		return errorf(ErrEAD, "more than %d items", s.limits().EADItems)
	}
	s.eadIn[n] = kept
	return nil
}

// decideEAD finds out whether every critical item of message n is understood.
func (s *Session) decideEAD(n int) error {
	p := s.pending
	if p.undecided == nil {
		p.undecided = []int{}
		for i, item := range s.eadIn[n] {
			understood, err := s.understands(n, item)
			if err != nil {
				return fatal(err)
			}
			if item.Critical() && !understood {
				p.undecided = append(p.undecided, i)
			}
		}
		if len(p.undecided) > 0 && s.config.pull&PullEAD != 0 {
			return PendingEAD
		}
	}
	if len(p.undecided) > 0 {
		return fatal(errorf(ErrEADCritical, "label %d in message_%d", s.eadIn[n][p.undecided[0]].Label, n))
	}
	return nil
}

func (s *Session) understands(n int, item EADItem) (bool, error) {
	label := item.Label
	if label < 0 {
		label = -label
	}
	if s.config.ead != nil {
		err := s.config.ead(s, n, item)
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, ErrNotFound):
			status := ErrPeerRejected
			if item.Critical() {
				status = ErrEADCritical
			}
			return false, errorf(status, "label %d in message_%d: %v", item.Label, n, err)
		}
	}
	return slices.Contains(s.config.eadLabels, label), nil
}

// AcceptEAD answers PendingEAD for one item: the host has understood it. The
// index is that of EAD.
func (s *Session) AcceptEAD(message, index int) error {
	return s.decided(message, index, func(p *pending) error {
		p.undecided = slices.DeleteFunc(p.undecided, func(i int) bool { return i == index })
		return nil
	})
}

// RejectEAD answers PendingEAD by ending the run.
func (s *Session) RejectEAD(message, index int) error {
	return s.decided(message, index, func(*pending) error {
		s.fail(errorf(ErrEADCritical, "the host rejected label %d in message_%d", s.eadIn[message][index].Label, message))
		return nil
	})
}

// pendingMessage is the message that waits in a pending state.
var pendingMessage = map[State]int{StatePending1: 1, StatePending2: 2, StatePending3: 3, StatePending4: 4}

func (s *Session) decided(message, index int, f func(*pending) error) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.leave()
	if pendingMessage[s.state] != message || message == 0 || s.pending.undecided == nil {
		return s.note(errorf(ErrState, "no EAD item of message_%d waits for a decision", message))
	}
	if index < 0 || index >= len(s.eadIn[message]) {
		return s.note(&Error{Status: ErrNotFound})
	}
	return f(s.pending)
}
