package ake

import (
	"cmp"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// Description is what an endpoint can do in a role, as its Config says. It is what
// others may know of an endpoint before they run EDHOC with it (RFC 9668 section
// 6), and says nothing about whom it trusts.
type Description struct {
	Methods     []Method
	Suites      []int            // the preferred one first
	SuitesOf    map[Method][]int // those for which there is a credential
	Credentials []CredentialType // of both sides, as far as the Config tells
	IDLabels    []int64          // COSE header parameters of ID_CRED_x, likewise
	EADLabels   []int64          // those of the Config; a handler may know more
	Message4    bool             // required
	Resumption  bool             // there is a ResumptionStore
}

// byValue are the ID_CRED_x that carry credentials which a policy trusts without
// knowing them.
var byValue = map[PeerPolicy][]struct {
	label int64
	kind  CredentialType
}{
	PolicyX509: {{cose.LabelX5Chain, CredentialX509}, {cose.LabelX5Bag, CredentialX509}, {cose.LabelKcwt, CredentialCWT},
		{cose.LabelC5C, CredentialC509}, {cose.LabelC5B, CredentialC509}},
	PolicyLearn: {{cose.LabelKccs, CredentialCCS}},
	PolicyAnyInsecure: {{cose.LabelKccs, CredentialCCS}, {cose.LabelKcwt, CredentialCWT}, {cose.LabelX5Chain, CredentialX509},
		{cose.LabelX5Bag, CredentialX509}, {cose.LabelC5C, CredentialC509}, {cose.LabelC5B, CredentialC509}},
}

// Description returns what the Party can do in a role.
func (p *Party) Description(role Role) Description {
	d := Description{EADLabels: slices.Clone(p.eadLabels), Message4: p.message4, Resumption: p.resumption != nil, SuitesOf: map[Method][]int{}}
	all := suite.All()
	if p.suites != nil {
		all = all[:0]
		for _, id := range p.suites {
			all = append(all, suite.Lookup(id))
		}
	}
	usable := map[int]bool{}
	for _, method := range p.methods {
		for _, alg := range all {
			if p.ownFor(authenticationOf(method), alg, role) != nil {
				usable[alg.ID] = true
				d.SuitesOf[method] = append(d.SuitesOf[method], alg.ID)
			}
		}
		if d.SuitesOf[method] != nil {
			d.Methods = append(d.Methods, method)
		}
	}
	for _, alg := range all {
		if usable[alg.ID] {
			d.Suites = append(d.Suites, alg.ID)
		}
	}
	p.describeCredentials(&d, role)
	return d
}

func (p *Party) describeCredentials(d *Description, role Role) {
	for _, credential := range slices.Concat(p.own, p.peers, p.psks[role]) {
		d.Credentials = addOnce(d.Credentials, credential.Type())
		for _, name := range credential.names() {
			pairs, _ := cborx.Item(name).Map()
			for _, pair := range pairs {
				if label, ok := pair.Key.Int(); ok {
					d.IDLabels = addOnce(d.IDLabels, label)
				}
			}
		}
	}
	for _, accepted := range byValue[p.policy] {
		d.Credentials = addOnce(d.Credentials, accepted.kind)
		d.IDLabels = addOnce(d.IDLabels, accepted.label)
	}
}

// addOnce puts a value in its place of a sorted list, unless it is there.
func addOnce[T cmp.Ordered](sorted []T, value T) []T {
	i, there := slices.BinarySearch(sorted, value)
	if there {
		return sorted
	}
	return slices.Insert(sorted, i, value)
}
