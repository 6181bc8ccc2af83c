package coap

import (
	"errors"

	"github.com/liblake/lake/ake"
)

// How Server and Client use advertisements (draft-ietf-lake-app-profiles chapter
// 5). Nothing of this happens unless the host gave one.

// advertise looks at what message_1 advertised, and adds to message_2 what the
// Initiator asked for.
func advertise(session *ake.Session, own *Advertisement, message4 bool) error {
	if own == nil {
		return nil
	}
	received, err := ReceivedAdvertisement(session, 1)
	if err != nil || received == nil {
		return err
	}
	if err := received.agrees(nil, message4); err != nil {
		return err
	}
	if received.Ask != Yes {
		return nil
	}
	reply := Advertisement{Supported: own.Supported}
	item, err := reply.Item(2)
	if err != nil {
		return err
	}
	return session.AddEAD(2, item)
}

// agrees checks what an advertisement lays down against this side's, and against
// whether message_4 is part of the run. Output lengths may be given by one side
// only.
func (a *Advertisement) agrees(own *Advertisement, message4 bool) error {
	theirs, err := a.Prescribed()
	if err != nil {
		return err
	}
	if theirs.Message4 == Yes && !message4 || theirs.Message4 == No && message4 {
		return malformed("the advertised profiles lay down another use of message_4")
	}
	if own == nil {
		return nil
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
// that tells which profiles are supported.
func (s *Server) profilesError(reply []byte) []byte {
	e, err := ake.ParseErrorMessage(reply)
	if s.config.Profiles == nil || err != nil || e.Code != 1 {
		return reply
	}
	told, err := s.config.Profiles.ErrorMessage(e.Text)
	if err != nil {
		return reply
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
	info, err := c.session.Info()
	if err != nil {
		return nil, err
	}
	c.tried = append(c.tried, Choice{info.Method, info.Suite})
	for _, supported := range advertised.Supported {
		profile, ok := supported.profile()
		if !ok {
			continue
		}
		choice, err := Choose(c.config.Config, &profile)
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
