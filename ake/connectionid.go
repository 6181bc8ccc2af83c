package ake

import "bytes"

// SetConnectionID sets one's own connection identifier (C_I or C_R, RFC 9528
// section 3.3), of 0 bytes to the limit of the Config. Without it, one byte is
// chosen at random. OSCORE needs it to be unique among the live contexts of
// this side, and different from the peer's.
func (s *Session) SetConnectionID(id []byte) error {
	return s.ask(evSetConnection, func() error {
		if len(id) > s.limits().ConnectionID {
			return errorf(ErrArgument, "connection identifier of %d bytes, the limit is %d", len(id), s.limits().ConnectionID)
		}
		if cI := s.phase.about().cI; s.role == Responder && cI != nil && bytes.Equal(id, cI) {
			return errorf(ErrArgument, "C_R must differ from C_I")
		}
		s.seen.Lock() // Info
		defer s.seen.Unlock()
		s.settings.connectionID = append([]byte{}, id...)
		return nil
	})
}

// connectionIDFrom makes a random byte an identifier that is sent as an int, and
// not the other side's.
func connectionIDFrom(random, other []byte) []byte {
	for n := random[0] % 48; ; n = (n + 1) % 48 {
		id := []byte{n}
		if n >= 24 {
			id[0] += 0x20 - 24
		}
		if !bytes.Equal(id, other) {
			return id
		}
	}
}

// checkPeerConnectionID refuses an identifier of the peer that is too long, or the
// same as one's own: OSCORE needs two.
func (in *env) checkPeerConnectionID(name string, id, own []byte) error {
	if limit := in.limits().ConnectionID; len(id) > limit {
		return errorf(ErrConnectionID, "%s has %d bytes, the limit is %d", name, len(id), limit)
	}
	if own != nil && bytes.Equal(id, own) {
		return errorf(ErrConnectionID, "%s is equal to one's own identifier", name)
	}
	return nil
}

// connectionIDs are those of this side and of the peer.
func (f *facts) connectionIDs(role Role) (own, peer []byte) {
	if role == Initiator {
		return f.cI, f.cR
	}
	return f.cR, f.cI
}
