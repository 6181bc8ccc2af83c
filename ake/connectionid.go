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
		s.settings.connectionID = append([]byte{}, id...)
		return nil
	})
}

// chooseConnectionID picks a one-byte identifier that is sent as an int.
func (in *env) chooseConnectionID(other []byte) ([]byte, error) {
	for {
		id, err := in.random(1)
		if err != nil {
			return nil, err
		}
		if id[0] %= 48; id[0] >= 24 {
			id[0] += 0x20 - 24
		}
		if !bytes.Equal(id, other) {
			return id, nil
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
