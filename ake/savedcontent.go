package ake

import (
	"bytes"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/suite"
)

// The content of a saved session is a CBOR sequence of pairs, a number and a
// value, in the order of savedFields. What is not set is left out. Secrets are
// byte strings directly in the sequence, so that reading them makes no copy but
// the one that is kept.

// savedField is one value of a Session: how it is written (nil: not set) and how
// it is read into a Session that has the fields before it.
type savedField struct {
	number int64
	write  func(s *Session) []byte
	read   func(s *Session, item cborx.Item) bool
}

// The numbers of fields that are asked for by number.
const (
	fieldState  = 1
	fieldMethod = 2
	fieldSuite  = 3
	fieldOwn    = 13
	fieldHash1  = 18
)

var savedFields = []savedField{
	savedNumber(fieldState, func(s *Session) *State { return &s.state }),
	savedNumber(fieldMethod, func(s *Session) *Method { return &s.method }),
	{fieldSuite, func(s *Session) []byte { return cborx.AppendInt(nil, int64(s.suite.ID)) }, readSuite},
	savedNumbers(4, func(s *Session) *[]int { return &s.suites }),
	savedNumbers(5, func(s *Session) *[]int { return &s.refused }),
	savedNumbers(6, func(s *Session) *[]int64 { return &s.suitesIn }),
	savedBytes(7, func(s *Session) *[]byte { return &s.cI }),
	savedBytes(8, func(s *Session) *[]byte { return &s.cR }),
	savedBytes(9, func(s *Session) *[]byte { return &s.sent }),
	savedEAD(10, func(s *Session) *[5][]EADItem { return &s.eadOut }),
	savedEAD(11, func(s *Session) *[5][]EADItem { return &s.eadIn }),
	{12, writeResumption, readResumption},
	{fieldOwn, writeOwn, readOwn},
	{14, writePeer, readPeer},
	savedBytes(15, func(s *Session) *[]byte { return &s.peerID }),
	{16, writeEphemeral, readEphemeral},
	{17, writePeerEphemeral, readPeerEphemeral},
	savedHash(fieldHash1, func(s *Session) *[]byte { return &s.keys.hashMessage1 }),
	savedHash(19, func(s *Session) *[]byte { return &s.keys.th3 }),
	savedHash(20, func(s *Session) *[]byte { return &s.keys.th4 }),
	savedHash(21, func(s *Session) *[]byte { return &s.keys.prk3e2m }),
	savedHash(22, func(s *Session) *[]byte { return &s.keys.prk4e3m }),
	savedHash(23, func(s *Session) *[]byte { return &s.keys.prkOut }),
	savedHash(24, func(s *Session) *[]byte { return &s.keys.prkExporter }),
	{25, writeUsage, readUsage},
	{26, writeResumed, readResumed},
	{27, func(s *Session) []byte { return writeReference(s.chosen) }, readChosen},
	{28, writePeerIsNew, readPeerIsNew},
}

// savedNeeds are the fields without which a state is none.
var savedNeeds = map[State][]int64{
	StateWait2:     {4, 7, 9, fieldOwn, 16, fieldHash1},
	StateWait4:     {7, 8, 9, fieldOwn, 14, 15, fieldHash1, 20, 22, 23, 24, 25},
	StateWait3:     {7, 8, 9, 16, 17, fieldHash1, 19, 21},
	StateCompleted: {7, 8, 14, 15, fieldHash1, 23, 24, 25},
}

// appendContent writes the Session.
func (s *Session) appendContent() []byte {
	fields := make([][]byte, len(savedFields))
	size := 0
	for i, field := range savedFields {
		fields[i] = field.write(s)
		size += 2 + len(fields[i])
	}
	content := make([]byte, 0, size) // so that no secret stays behind in a smaller one
	for i, field := range savedFields {
		if fields[i] != nil {
			content = cborx.AppendInt(content, field.number)
			content = append(content, fields[i]...)
			suite.Wipe(fields[i])
		}
	}
	return content
}

// parseContent reads a Session that has nothing but its role and Config. The
// content is authentic, but not therefore well-formed.
func (s *Session) parseContent(content []byte) error {
	malformed := errorf(ErrSaved, "the content of the session is malformed")
	items, err := cborx.Sequence(content, 2*len(savedFields))
	if err != nil || len(items)%2 != 0 {
		return malformed
	}
	seen := make(map[int64]bool)
	for _, field := range savedFields {
		if len(items) == 0 {
			break
		}
		if n, ok := items[0].Int(); !ok || n != field.number {
			continue
		}
		if !field.read(s, items[1]) {
			return malformed
		}
		seen[field.number] = true
		items = items[2:]
	}
	if len(items) > 0 || !seen[fieldState] || !seen[fieldMethod] || !seen[fieldSuite] {
		return malformed
	}
	needs := savedNeeds[s.state]
	if s.method != MethodPSK {
		needs = append(slices.Clone(needs), fieldOwn)
	}
	if slices.ContainsFunc(needs, func(n int64) bool { return !seen[n] }) {
		return malformed
	}
	if !slices.Contains(savedStates[s.role], s.state) {
		return malformed
	}
	if _, ok := s.method.Info(); !ok {
		return malformed
	}
	return nil
}

func savedNumber[T ~int32](n int64, at func(*Session) *T) savedField {
	return savedField{n,
		func(s *Session) []byte { return cborx.AppendInt(nil, int64(*at(s))) },
		func(s *Session, item cborx.Item) bool {
			v, ok := item.Int()
			*at(s) = T(v)
			return ok && int64(T(v)) == v
		}}
}

func savedNumbers[T ~int | ~int64](n int64, at func(*Session) *[]T) savedField {
	return savedField{n,
		func(s *Session) []byte {
			list := *at(s)
			if list == nil {
				return nil
			}
			out := cborx.AppendArray(nil, len(list))
			for _, v := range list {
				out = cborx.AppendInt(out, int64(v))
			}
			return out
		},
		func(s *Session, item cborx.Item) bool {
			elements, ok := item.Array()
			list := make([]T, len(elements))
			for i, element := range elements {
				v, isInt := element.Int()
				list[i], ok = T(v), ok && isInt
			}
			*at(s) = list
			return ok
		}}
}

func savedBytes(n int64, at func(*Session) *[]byte) savedField {
	return savedField{n,
		func(s *Session) []byte {
			if *at(s) == nil {
				return nil
			}
			return cborx.AppendBytes(nil, *at(s))
		},
		func(s *Session, item cborx.Item) bool {
			v, ok := item.Bytes()
			*at(s) = append([]byte{}, v...)
			return ok
		}}
}

// savedHash is savedBytes of the length that transcript hashes and PRKs have.
func savedHash(n int64, at func(*Session) *[]byte) savedField {
	field := savedBytes(n, at)
	read := field.read
	field.read = func(s *Session, item cborx.Item) bool {
		return read(s, item) && s.suite != nil && len(*at(s)) == s.suite.HashLength()
	}
	return field
}

// savedEAD is five lists of items, of which the first is empty; an item is a label
// and perhaps a value.
func savedEAD(n int64, at func(*Session) *[5][]EADItem) savedField {
	return savedField{n,
		func(s *Session) []byte {
			out := cborx.AppendArray(nil, 5)
			for _, items := range at(s) {
				out = cborx.AppendArray(out, len(items))
				for _, item := range items {
					if item.Value == nil {
						out = cborx.AppendInt(cborx.AppendArray(out, 1), item.Label)
					} else {
						out = cborx.AppendBytes(cborx.AppendInt(cborx.AppendArray(out, 2), item.Label), item.Value)
					}
				}
			}
			return out
		},
		func(s *Session, item cborx.Item) bool {
			messages, ok := item.Array()
			if !ok || len(messages) != 5 {
				return false
			}
			for i, message := range messages {
				items, ok := message.Array()
				if !ok || len(items) > maxLimits.EADItems {
					return false
				}
				for _, item := range items {
					parts, _ := item.Array()
					if len(parts) < 1 || len(parts) > 2 {
						return false
					}
					var e EADItem
					if e.Label, ok = parts[0].Int(); !ok {
						return false
					}
					if len(parts) == 2 {
						value, ok := parts[1].Bytes()
						if !ok {
							return false
						}
						e.Value = append([]byte{}, value...)
					}
					at(s)[i] = append(at(s)[i], e)
				}
			}
			return true
		}}
}

func readSuite(s *Session, item cborx.Item) bool {
	id, ok := item.Int()
	if ok && id == int64(int(id)) {
		s.suite = suite.Lookup(int(id))
	}
	return s.suite != nil
}

// A resumption that waits for message_2 needs its key, which is in no Config.
func writeResumption(s *Session) []byte {
	if s.resumption == nil || s.state != StateWait2 {
		return nil
	}
	return cborx.AppendBytes(nil, s.resumption.credential.psk.secret)
}

// readResumption takes the key; readOwn makes the credential of it.
func readResumption(s *Session, item cborx.Item) bool {
	secret, ok := item.Bytes()
	if ok && s.suite != nil {
		s.resumption = &resumption{store: s.config.resumption, suite: s.suite.ID,
			credential: &Credential{psk: &preShared{secret: bytes.Clone(secret)}}}
		s.borrowed = append(s.borrowed, s.resumption.credential)
	}
	return s.resumption != nil
}

// Of a resumption that is further, or over, only the fact is kept.
func writeResumed(s *Session) []byte {
	if s.resumption == nil || s.state == StateWait2 {
		return nil
	}
	return cborx.AppendTrue(nil)
}

func readResumed(s *Session, item cborx.Item) bool {
	s.resumption = &resumption{credential: s.peer}
	return item.IsTrue() && s.method == MethodPSK && s.state == StateCompleted
}

// writeOwn refers to the own credential, which is found again in the Config: its
// private key is not saved and may be elsewhere. In EDHOC-PSK only an Initiator
// that has not used its key yet needs it.
func writeOwn(s *Session) []byte {
	switch {
	case s.own == nil, s.own.psk != nil && s.state != StateWait2:
		return nil
	case s.own.psk != nil:
		return writePSK(s.own)
	}
	return writeReference(s.own)
}

// writeReference names a credential of the Config.
func writeReference(own *Credential) []byte {
	if own == nil {
		return nil
	}
	out := cborx.AppendBytes(cborx.AppendArray(nil, 2), own.idCred)
	return cborx.AppendBytes(out, own.parsed.Cred)
}

func (c *Config) readReference(item cborx.Item) *Credential {
	parts, ok := byteStrings(item, 2)
	if !ok {
		return nil
	}
	return c.ownLike(parts[0], parts[1])
}

// ownLike returns the own credential with this ID_CRED and CRED, or nil.
func (c *Config) ownLike(idCred, credential []byte) *Credential {
	for _, own := range c.own {
		if bytes.Equal(own.idCred, idCred) && bytes.Equal(own.parsed.Cred, credential) {
			return own
		}
	}
	return nil
}

func readChosen(s *Session, item cborx.Item) bool {
	s.chosen = s.config.readReference(item)
	return s.chosen != nil
}

func writePeerIsNew(s *Session) []byte {
	if !s.peerIsNew {
		return nil
	}
	return cborx.AppendTrue(nil)
}

func readPeerIsNew(s *Session, item cborx.Item) bool {
	s.peerIsNew = item.IsTrue()
	return s.peerIsNew
}

func readOwn(s *Session, item cborx.Item) bool {
	if s.method == MethodPSK {
		return readOwnPSK(s, item)
	}
	s.own = s.config.readReference(item)
	return s.own != nil
}

func readOwnPSK(s *Session, item cborx.Item) bool {
	psk := readPSK(item)
	if psk == nil {
		return false
	}
	if s.resumption != nil {
		whole, err := CredentialFromPSK(psk.idCred, s.resumption.credential.psk.secret, psk.psk.hash, psk.psk.credI, psk.psk.credR)
		if err != nil {
			return false
		}
		whole.frozen.Store(true)
		s.own, s.resumption.credential = whole, whole
		s.borrowed = append(s.borrowed, whole)
		return true
	}
	at := slices.IndexFunc(s.config.psks[Initiator], func(own *Credential) bool { return samePSK(own, psk) })
	if at >= 0 {
		s.own = s.config.psks[Initiator][at]
	}
	return at >= 0
}

// writePSK writes a PSK credential without its key.
func writePSK(c *Credential) []byte {
	out := cborx.AppendInt(cborx.AppendArray(nil, 4), int64(c.psk.hash))
	out = cborx.AppendBytes(out, c.idCred)
	out = cborx.AppendBytes(out, c.psk.credI)
	return cborx.AppendBytes(out, c.psk.credR)
}

func readPSK(item cborx.Item) *Credential {
	elements, ok := item.Array()
	if !ok || len(elements) != 4 {
		return nil
	}
	hash, ok := elements[0].Int()
	if !ok {
		return nil
	}
	var parts [3][]byte
	for i := range parts {
		if parts[i], ok = elements[1+i].Bytes(); !ok {
			return nil
		}
	}
	// The key is a stand-in that passes the checks, and goes again.
	c, err := CredentialFromPSK(parts[0], make([]byte, minPSK), int(hash), parts[1], parts[2])
	if err != nil {
		return nil
	}
	c.psk.secret = nil
	c.frozen.Store(true)
	return c
}

// writePeer writes what the host can ask of the peer's credential.
func writePeer(s *Session) []byte {
	switch {
	case s.peer == nil:
		return nil
	case s.peer.psk != nil:
		return writePSK(s.peer)
	}
	p := s.peer.parsed
	out := cborx.AppendInt(cborx.AppendArray(nil, 8), int64(p.Type))
	out = cborx.AppendBytes(out, s.peer.idCred)
	out = cborx.AppendBytes(out, p.Cred)
	out = cborx.AppendInt(out, int64(p.Key.Kind()))
	out = cborx.AppendBytes(out, p.Key.Bytes())
	for _, list := range [][][]byte{p.Chain, p.IDs} {
		out = cborx.AppendArray(out, len(list))
		for _, b := range list {
			out = cborx.AppendBytes(out, b)
		}
	}
	return cborx.AppendBytes(out, p.DefaultID)
}

func readPeer(s *Session, item cborx.Item) bool {
	if s.method == MethodPSK {
		s.peer = readPSK(item)
		return s.peer != nil
	}
	elements, ok := item.Array()
	if !ok || len(elements) != 8 {
		return false
	}
	kind, ok1 := elements[0].Int()
	keyKind, ok2 := elements[3].Int()
	idCred, ok3 := elements[1].Bytes()
	credential, ok4 := elements[2].Bytes()
	public, ok5 := elements[4].Bytes()
	chain, ok6 := byteStrings(elements[5], -1)
	ids, ok7 := byteStrings(elements[6], -1)
	defaultID, ok8 := elements[7].Bytes()
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7 && ok8) || keyKind != int64(KeyKind(keyKind)) || kind != int64(CredentialType(kind)) {
		return false
	}
	key, err := suite.ParsePublicKey(KeyKind(keyKind), public)
	if err != nil || checkIDCred(idCred) != nil {
		return false
	}
	s.peer = &Credential{idCred: bytes.Clone(idCred), parsed: &cred.Credential{
		Type: CredentialType(kind), Cred: bytes.Clone(credential), Key: key,
		Chain: chain, IDs: ids, DefaultID: bytes.Clone(defaultID),
	}}
	s.peer.frozen.Store(true)
	return true
}

// byteStrings reads an array of n byte strings, of any number if n is -1.
func byteStrings(item cborx.Item, n int) ([][]byte, bool) {
	elements, ok := item.Array()
	if !ok || n >= 0 && len(elements) != n {
		return nil, false
	}
	var list [][]byte
	for _, element := range elements {
		b, ok := element.Bytes()
		if !ok {
			return nil, false
		}
		list = append(list, bytes.Clone(b))
	}
	return list, true
}

func writeEphemeral(s *Session) []byte {
	if s.ephemeral == nil {
		return nil
	}
	key := s.ephemeral.Bytes()
	defer suite.Wipe(key)
	return cborx.AppendBytes(nil, key)
}

func readEphemeral(s *Session, item cborx.Item) bool {
	key, ok := item.Bytes()
	if !ok || s.suite == nil {
		return false
	}
	var err error
	s.ephemeral, err = suite.ParsePrivateKey(s.suite.Curve, key)
	return err == nil
}

func writePeerEphemeral(s *Session) []byte {
	if s.peerEphemeral == nil || s.state != StateWait3 {
		return nil
	}
	return cborx.AppendBytes(nil, s.peerEphemeral.X())
}

func readPeerEphemeral(s *Session, item cborx.Item) bool {
	x, ok := item.Bytes()
	if !ok || s.suite == nil {
		return false
	}
	var err error
	s.peerEphemeral, err = suite.ParsePublicKey(s.suite.Curve, x)
	return err == nil
}

// usageNumbers is the length of the list that a usage is saved as.
const usageNumbers = 7

func writeUsage(s *Session) []byte {
	u := &s.usage
	if u.runAt.IsZero() {
		return nil
	}
	exported := uint64(0)
	if u.exportedNow {
		exported = 1
	}
	out := cborx.AppendArray(nil, usageNumbers)
	for _, n := range []uint64{uint64(u.keySets), exported, u.sent, u.received, u.failures} {
		out = cborx.AppendInt(out, int64(min(n, 1<<62))) // far above any limit that means something
	}
	out = cborx.AppendInt(out, u.keysAt.Unix())
	return cborx.AppendInt(out, u.runAt.Unix())
}

func readUsage(s *Session, item cborx.Item) bool {
	elements, ok := item.Array()
	if !ok || len(elements) != usageNumbers {
		return false
	}
	var n [usageNumbers]int64
	for i, element := range elements {
		if n[i], ok = element.Int(); !ok || i < 5 && n[i] < 0 {
			return false
		}
	}
	s.usage = usage{
		keySets: int(min(n[0], 1<<30)), exportedNow: n[1] != 0,
		sent: uint64(n[2]), received: uint64(n[3]), failures: uint64(n[4]),
		keysAt: time.Unix(n[5], 0), runAt: time.Unix(n[6], 0),
	}
	return true
}
