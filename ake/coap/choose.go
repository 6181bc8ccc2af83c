package coap

import (
	"slices"

	"github.com/liblake/lake/ake"
)

// Choice is what an Initiator puts into message_1 to suit a Responder.
type Choice struct {
	Method ake.Method
	Suite  int
}

// Apply makes a Session of the Initiator use the choice, before message_1.
func (c *Choice) Apply(session *ake.Session) error {
	if err := session.SelectMethod(c.Method); err != nil {
		return err
	}
	return session.SelectSuite(c.Suite)
}

// Choose finds the method and cipher suite for message_1 that this side prefers
// among those of the peer's profile. A list that the profile does not have
// excludes nothing. It gives ErrNoCommonSuite, or ErrMethod if no method is
// common or the profile excludes message_4, which the Config requires.
//
// A profile is not authenticated: it says what to try first. EDHOC itself makes
// sure that both sides agree.
func Choose(party *ake.Party, peer *Profile) (*Choice, error) {
	return choose(party, ake.Initiator, peer)
}

func choose(party *ake.Party, role ake.Role, peer *Profile) (*Choice, error) {
	own := party.Description(role)
	if own.Message4 && peer.Message4 == No {
		return nil, &ake.Error{Status: ake.ErrMethod, Detail: "message_4 is required here and not sent there"}
	}
	methods := common(own.Methods, peer.Methods)
	if len(methods) == 0 {
		return nil, &ake.Error{Status: ake.ErrMethod, Detail: "no method is common"}
	}
	for _, method := range methods {
		for _, id := range common(own.SuitesOf[method], peer.Suites) {
			return &Choice{method, id}, nil
		}
	}
	return nil, ake.ErrNoCommonSuite
}

// common returns those of own that are in others, which may say nothing.
func common[T ~int | ~int32](own []T, others []int64) []T {
	if others == nil {
		return own
	}
	return slices.DeleteFunc(slices.Clone(own), func(v T) bool { return !slices.Contains(others, int64(v)) })
}

// ChooseResource finds the first of the resources that takes part in the flow of a
// role of this side, and has a method and cipher suite in common with it. The Choice
// is for an Initiator. It gives ErrNotFound if none does. Profiles that are named by ID are those of WellKnownProfile; known has
// others, and may be nil.
func ChooseResource(party *ake.Party, role ake.Role, resources []Resource, known map[int64]Profile) (*Resource, *Choice, error) {
	for i := range resources {
		r := &resources[i]
		for _, profile := range r.alternatives(known) {
			choice, err := choose(party, role, &profile)
			switch {
			case err != nil:
			case role == ake.Responder && r.Initiator:
				return r, nil, nil
			case role == ake.Initiator && (r.Responder || !r.Initiator):
				return r, choice, nil
			}
		}
	}
	return nil, nil, &ake.Error{Status: ake.ErrNotFound, Detail: "no EDHOC resource suits"}
}

// alternatives are the profiles of a resource: by ID, or the one that the link
// spells out.
func (r *Resource) alternatives(known map[int64]Profile) []Profile {
	if len(r.Profiles) == 0 {
		return []Profile{r.Profile}
	}
	var all []Profile
	for _, id := range r.Profiles {
		if p, ok := known[id]; ok {
			all = append(all, p)
		} else if p, _, ok := WellKnownProfile(id); ok {
			all = append(all, p)
		}
	}
	return all
}
