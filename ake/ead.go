package ake

import (
	"errors"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
)

// EADItem is one item of external authorization data (RFC 9528 section 3.8).
// A negative label says that the item is critical: a receiver that does not
// understand it ends the session. A nil Value means that there is none.
type EADItem struct {
	Label int64
	Value []byte
	// Unverified: the item was received in a message that nothing authenticates
	// yet, and anybody may have made it (Config.EarlyEADLabels).
	Unverified bool
}

// Critical reports whether the receiver has to understand the item.
func (e EADItem) Critical() bool { return e.Label < 0 }

// outgoing is an item for a message of this side.
type outgoing struct {
	message int
	item    message.EAD
}

// eadFor lists what is to be sent in a message.
func (set *settings) eadFor(n int) []message.EAD {
	var items []message.EAD
	for _, out := range set.ead {
		if out.message == n {
			items = append(items, out.item)
		}
	}
	return items
}

// received is an item of the peer.
type received struct {
	message int
	item    EADItem
	decided bool // it was found out whether it is understood
}

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
func (s *Session) AddEAD(n int, item EADItem) error {
	if item.Label == 0 {
		return errorf(ErrArgument, "EAD label 0 is padding")
	}
	return s.addEAD(n, wireItem(item))
}

func wireItem(item EADItem) message.EAD {
	wire := message.EAD{Label: item.Label}
	if item.Value != nil {
		wire.Value = append([]byte{}, item.Value...)
	}
	return wire
}

// AddPadding makes a message n bytes longer (RFC 9528 section 3.8.1). The
// content is random.
func (s *Session) AddPadding(message, n int) error {
	if n < 1 || n > s.limits().MessageSize {
		return errorf(ErrArgument, "padding of %d bytes", n)
	}
	items, err := s.padding(n)
	if err != nil {
		return err
	}
	return s.addEAD(message, items...)
}

// padding makes items with label 0 that take exactly n bytes together.
func (in *env) padding(n int) ([]message.EAD, error) {
	const label = 1
	for head := 1; head <= 5; head++ {
		size := n - label - head
		if size < 0 || cborx.HeadLength(size) != head {
			continue
		}
		value, err := in.random(size)
		return []message.EAD{{Value: value}}, err
	}
	// One byte, or a length between what two sizes of head give: a bare label
	// takes one byte.
	if n == label {
		return []message.EAD{{}}, nil
	}
	rest, err := in.padding(n - label)
	return append([]message.EAD{{}}, rest...), err
}

func (s *Session) addEAD(n int, items ...message.EAD) error {
	return s.alone(func() error {
		states, ok := eadOpen[s.role][n]
		if !ok {
			return s.note(errorf(ErrArgument, "message_%d is not sent by the %v", n, s.role))
		}
		if state := s.phase.state(); !slices.Contains(states, state) {
			return s.note(errorf(ErrState, "EAD_%d cannot be added in state %v", n, state))
		}
		if len(s.settings.eadFor(n))+len(items) > maxLimits.EADItems {
			return s.note(errorf(ErrLimit, "more than %d EAD items", maxLimits.EADItems))
		}
		for _, item := range items {
			s.settings.ead = append(s.settings.ead, outgoing{n, item})
		}
		return nil
	})
}

// EAD returns the items, without padding, that were received in a message. They
// can be read as soon as the message was parsed; until the message is verified
// (until the call that processes it succeeds) anybody may have made them. Those
// of message_2 of MethodPSK are withheld until a fourth message verifies them,
// but for Config.EarlyEADLabels. It is nil if there are none.
func (s *Session) EAD(message int) []EADItem {
	var items []EADItem
	for _, r := range s.known().about().ead {
		if r.message == message {
			r.item.Value = slices.Clone(r.item.Value)
			items = append(items, r.item)
		}
	}
	return items
}

// receive takes over the items of message n, without padding.
func (j *judged) receive(in *env, n int, items []message.EAD) error {
	kept, err := in.kept(n, items)
	j.ead = append(slices.Clip(j.ead), kept...)
	return err
}

// kept are the items that concern a host.
func (in *env) kept(n int, items []message.EAD) ([]received, error) {
	var kept []received
	for _, item := range items {
		switch {
		case item.Padding(), item.Beyond() && !item.Critical(): // the latter has a label that nobody understands
			continue
		case item.Beyond():
			return nil, errorf(ErrEADCritical, "a label beyond 64 bits in message_%d", n)
		}
		kept = append(kept, received{message: n, item: EADItem{Label: item.Label, Value: slices.Clone(item.Value)}})
	}
	if len(kept) > in.limits().EADItems {
		return nil, errorf(ErrEAD, "more than %d items", in.limits().EADItems)
	}
	return kept, nil
}

// withhold is receive for a message that nothing authenticates.
func (j *judged) withhold(in *env, n int, items []message.EAD) error {
	kept, err := in.kept(n, items)
	if err != nil {
		return err
	}
	j.withheld = kept
	for i := range kept {
		label := kept[i].item.Label
		switch {
		case slices.Contains(in.party.earlyEAD, max(label, -label)):
			early := kept[i]
			early.item.Unverified = true
			j.ead = append(slices.Clip(j.ead), early)
			kept[i].decided = true
		case label < 0 && !in.mayUnderstand(label):
			return errorf(ErrEADCritical, "label %d in message_%d", label, n)
		}
	}
	return nil
}

// reveal shows what was withheld, in the place of what the host has seen of it.
func (j *judged) reveal(withheld []received) {
	j.ead = slices.DeleteFunc(slices.Clone(j.ead), func(r received) bool { return r.item.Unverified })
	j.ead = append(j.ead, withheld...)
}

// mayUnderstand reports whether the label is known here, or to a host that can be
// asked later.
func (in *env) mayUnderstand(label int64) bool {
	return in.party.ead != nil || in.party.pull&PullEAD != 0 || slices.Contains(in.party.eadLabels, max(label, -label))
}

// decide finds out whether every critical item that has arrived is understood.
func (in *env) decide(j *judged) error {
	if j.undecided == nil {
		j.undecided = []int{}
		j.ead = slices.Clone(j.ead)
		for i := range j.ead {
			r := &j.ead[i]
			if r.decided {
				continue
			}
			understood, err := in.understands(r.message, r.item)
			if err != nil {
				return err
			}
			r.decided = true
			if r.item.Critical() && !understood {
				j.undecided = append(j.undecided, i)
			}
		}
		if len(j.undecided) > 0 && in.party.pull&PullEAD != 0 {
			return PendingEAD
		}
	}
	if len(j.undecided) > 0 {
		first := j.ead[j.undecided[0]]
		return errorf(ErrEADCritical, "label %d in message_%d", first.item.Label, first.message)
	}
	return nil
}

func (in *env) understands(n int, item EADItem) (bool, error) {
	if in.party.ead != nil {
		err := in.party.ead(in.session, n, item)
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
	return slices.Contains(in.party.eadLabels, max(item.Label, -item.Label)), nil
}

// AcceptEAD answers PendingEAD for one item: the host has understood it. The
// index is that of EAD.
func (s *Session) AcceptEAD(message, index int) error {
	return s.decided(message, index, func(p pending, at int) {
		j := *p.judgement()
		j.undecided = slices.DeleteFunc(slices.Clone(j.undecided), func(i int) bool { return i == at })
		s.become(p.with(j))
	})
}

// RejectEAD answers PendingEAD by ending the run.
func (s *Session) RejectEAD(message, index int) error {
	return s.decided(message, index, func(p pending, at int) {
		s.fail(nil, errorf(ErrEADCritical, "the host rejected label %d in message_%d", p.about().ead[at].item.Label, message))
	})
}

func (s *Session) decided(message, index int, f func(p pending, at int)) error {
	return s.alone(func() error {
		p, ok := s.phase.(pending)
		if !ok || p.judgement().undecided == nil || !p.judges(message) {
			return s.note(errorf(ErrState, "no EAD item of message_%d waits for a decision", message))
		}
		for at, r := range p.about().ead {
			if r.message != message {
				continue
			}
			if index == 0 {
				f(p, at)
				return nil
			}
			index--
		}
		return s.note(&Error{Status: ErrNotFound})
	})
}
