package coap

import (
	"errors"
	"fmt"
	"maps"

	"github.com/liblake/lake/ake"
)

// How Server and Client use advertisements (draft-ietf-lake-app-profiles chapter
// 5). Nothing of this happens unless the host gave one.

// errAdvertised is what a wrong advertisement in message_1 fails with: such a failure
// is told with ERR_CODE 1 (draft section 5.1).
var errAdvertised = errors.New("advertised profiles")

// advertise looks at what message_1 advertised, and adds to message_2 what the
// Initiator asked for.
func advertise(session *ake.Session, own *Advertisement, message4 bool) error {
	if own == nil {
		return nil
	}
	received, err := ReceivedAdvertisement(session, 1)
	if err == nil && received != nil {
		err = received.agrees(session, message4)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errAdvertised, err)
	}
	if received == nil || received.Ask != Yes {
		return nil
	}
	reply, err := own.without(received)
	if err != nil {
		return err
	}
	item, err := reply.Item(2)
	if err != nil {
		return err
	}
	return session.AddEAD(2, item)
}

// agrees checks whether this side does what an advertisement lays down.
func (a *Advertisement) agrees(session *ake.Session, message4 bool) error {
	theirs, err := a.Prescribed()
	if err != nil {
		return err
	}
	if theirs.Message4 == Yes && !message4 || theirs.Message4 == No && message4 {
		return malformed("the advertised profiles lay down another use of message_4")
	}
	info := session.Info()
	suite, _ := ake.Suite(info.Suite)
	for label, length := range theirs.ExporterLengths {
		if !canExport(suite, label, length) {
			return malformed("the advertised profiles lay down %d bytes of output for label %d", length, label)
		}
	}
	return nil
}

// Labels and lengths of EDHOC_Exporter (RFC 9528 sections 4.2.1, 10.1, appendix A.1).
const (
	labelMasterSecret = 0
	labelMasterSalt   = 1
	masterSaltLength  = 8
	firstPrivateLabel = 32768
	lastPrivateLabel  = 65535
)

// canExport reports whether this side will use a length for a label: that of an
// OSCORE context is fixed here, those for private use are the host's.
func canExport(suite ake.SuiteInfo, label, length uint64) bool {
	switch {
	case label == labelMasterSecret:
		return length == uint64(suite.AppKeyLength)
	case label == labelMasterSalt:
		return length == masterSaltLength
	}
	return label >= firstPrivateLabel && label <= lastPrivateLabel && length <= 255*uint64(suite.HashLength)
}

// without is the advertisement less the output lengths that the peer has laid down:
// they may be given by one side only.
func (a *Advertisement) without(peer *Advertisement) (*Advertisement, error) {
	theirs, err := peer.Prescribed()
	if err != nil {
		return nil, err
	}
	reply := &Advertisement{}
	for _, s := range a.Supported {
		if s.ExporterLengths != nil {
			s.ExporterLengths = maps.Clone(s.ExporterLengths)
			maps.DeleteFunc(s.ExporterLengths, func(label, _ uint64) bool {
				_, given := theirs.ExporterLengths[label]
				return given
			})
		}
		reply.Supported = append(reply.Supported, s)
	}
	return reply, nil
}

// repeats checks that an advertisement does not lay down output lengths that this
// side has laid down.
func (a *Advertisement) repeats(own *Advertisement) error {
	theirs, err := a.Prescribed()
	if err != nil {
		return err
	}
	ours, err := own.Prescribed()
	if err != nil {
		return err
	}
	for label := range theirs.ExporterLengths {
		if _, twice := ours.ExporterLengths[label]; twice {
			return malformed("both sides lay down the output length for label %d", label)
		}
	}
	return nil
}

// profilesError replaces an error message of code 1 that answers message_1 by one
// that tells which profiles are supported, if that has at most limit bytes; 0: any
// number.
func (s *Server) profilesError(reply []byte, limit int) []byte {
	e, err := ake.ParseErrorMessage(reply)
	if s.config.Profiles == nil || err != nil || e.Code != 1 {
		return reply
	}
	told, err := s.config.Profiles.withoutLengths().ErrorMessage(e.Text)
	if err != nil || limit > 0 && len(told) > limit {
		return reply
	}
	return told
}

// withoutLengths is the advertisement for an error message, which has no output
// lengths.
func (a *Advertisement) withoutLengths() *Advertisement {
	told := &Advertisement{}
	for _, s := range a.Supported {
		s.ExporterLengths = nil
		told.Supported = append(told.Supported, s)
	}
	return told
}

// chooseAgain finds another method or cipher suite for message_1 after the server
// has told its profiles in an error message. Each is tried once.
func (c *Client) chooseAgain(message []byte) (*Choice, error) {
	e, err := ake.ParseErrorMessage(message)
	if err != nil {
		return nil, err
	}
	text, advertised, err := AdvertisementOf(e)
	if err != nil {
		return nil, err
	}
	c.advertised = advertised
	refused := because(ake.ErrRefused, "error code %d %q", e.Code, text)
	info := c.session.Info()
	c.tried = append(c.tried, Choice{info.Method, info.Suite})
	for _, supported := range advertised.Supported {
		profile, ok := supported.profile()
		if !ok {
			continue
		}
		choice, err := Choose(c.config.Party, &profile)
		if err == nil && !c.hasTried(*choice) {
			return choice, nil
		}
	}
	return nil, refused
}

func (c *Client) hasTried(choice Choice) bool {
	for _, tried := range c.tried {
		if tried == choice {
			return true
		}
	}
	return len(c.tried) > maxRestarts
}

// profile is the profile that an element means, if it is known.
func (s *Supported) profile() (Profile, bool) {
	switch {
	case s.Information != nil:
		return *s.Information, true
	case s.ID == nil:
		return Profile{}, false
	}
	p, _, ok := WellKnownProfile(*s.ID)
	return p, ok
}

// tellsProfiles reports whether an error message does.
func tellsProfiles(message []byte) bool {
	e, err := ake.ParseErrorMessage(message)
	if err != nil {
		return false
	}
	_, _, err = AdvertisementOf(e)
	return !errors.Is(err, ake.ErrNotFound)
}
