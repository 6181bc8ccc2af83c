package ake

// KeyUpdate is EDHOC_KeyUpdate (RFC 9528 appendix H): it replaces the keys by
// new ones, which the old ones give but not the reverse. Both sides have to do
// it with the same context.
func (s *Session) KeyUpdate(context []byte) error {
	return s.do(evKeyUpdate, func() (phase, error) {
		next := *s.phase.(*completed)
		old := next.output
		next.output = outputOf(old.prkOut.KeyUpdate(context))
		next.usage = old.usage
		next.usage.newKeys(s.party.now())
		return &next, nil
	})
}
