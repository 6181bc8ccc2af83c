package main

// #include "shim.h"
import "C"

import (
	"fmt"
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

// lists of a lake_coap_profile, with those of a Profile.
func lists(c *C.struct_lake_coap_profile, p *coap.Profile) []profileList {
	return []profileList{
		{&c.n_methods, &c.methods, &p.Methods},
		{&c.n_suites, &c.suites, &p.Suites},
		{&c.n_cred_types, &c.cred_types, &p.CredTypes},
		{&c.n_id_cred_types, &c.id_cred_types, &p.IDCredTypes},
		{&c.n_eads, &c.eads, &p.EADs},
	}
}

type profileList struct {
	n     *C.uint32_t
	array *[C.LAKE_COAP_LIST_MAX]C.int64_t
	slice *[]int64
}

// read leaves the slice nil if the list says nothing.
func (l profileList) read() error {
	if *l.n > C.LAKE_COAP_LIST_MAX {
		return tooMany(int(*l.n))
	}
	for _, value := range l.array[:*l.n] {
		*l.slice = append(*l.slice, int64(value))
	}
	return nil
}

func (l profileList) write() error {
	if len(*l.slice) > len(l.array) {
		return tooMany(len(*l.slice))
	}
	*l.n = C.uint32_t(len(*l.slice))
	for i, value := range *l.slice {
		l.array[i] = C.int64_t(value)
	}
	return nil
}

func tooMany(n int) error {
	return &ake.Error{Status: ake.ErrArgument, Detail: fmt.Sprintf("%d elements in a list, the limit is %d", n, C.LAKE_COAP_LIST_MAX)}
}

// fromProfile reads a lake_coap_profile: the profile, and output lengths of the
// exporter by label.
func fromProfile(c *C.struct_lake_coap_profile) (p coap.Profile, exports map[uint64]uint64, err error) {
	for _, l := range lists(c, &p) {
		if err := l.read(); err != nil {
			return p, nil, err
		}
	}
	p.Message4, p.CombinedReq, p.Resumption = coap.Answer(c.message_4), coap.Answer(c.combined_request), coap.Answer(c.resumption)
	if c.has_id != 0 {
		id := int64(c.id)
		p.ID = &id
	}
	if c.n_exports > C.LAKE_COAP_LIST_MAX {
		return p, nil, tooMany(int(c.n_exports))
	}
	for i := range c.n_exports {
		if exports == nil {
			exports = map[uint64]uint64{}
		}
		label := uint64(c.export_labels[i])
		if _, twice := exports[label]; twice {
			return p, nil, &ake.Error{Status: ake.ErrArgument, Detail: fmt.Sprintf("two output lengths for label %d", label)}
		}
		exports[label] = uint64(c.export_lengths[i])
	}
	return p, exports, nil
}

// putProfile writes a lake_coap_profile, which is all zero before.
func putProfile(p coap.Profile, exports map[uint64]uint64, out *C.struct_lake_coap_profile) error {
	for _, l := range lists(out, &p) {
		if err := l.write(); err != nil {
			return err
		}
	}
	out.message_4, out.combined_request, out.resumption = C.int32_t(p.Message4), C.int32_t(p.CombinedReq), C.int32_t(p.Resumption)
	if p.ID != nil {
		out.has_id, out.id = 1, C.int64_t(*p.ID)
	}
	if len(exports) > len(out.export_labels) {
		return tooMany(len(exports))
	}
	labels := out.export_labels[:0]
	for label := range exports {
		i, _ := slices.BinarySearch(labels, C.uint64_t(label))
		labels = slices.Insert(labels, i, C.uint64_t(label)) // there is room in the array
	}
	for i, label := range labels {
		out.export_lengths[i] = C.uint64_t(exports[uint64(label)])
	}
	out.n_exports = C.uint32_t(len(labels))
	return nil
}

// withProfile adds a profile to what is advertised in message_1 or message_2.
func withProfile(a *coap.Advertisement, profile *C.struct_lake_coap_profile, message int) (*coap.Advertisement, error) {
	p, exports, err := fromProfile(profile)
	if err != nil {
		return nil, err
	}
	added := coap.Supported{Information: &p, ExporterLengths: exports}
	if p.ID != nil {
		added = coap.Supported{ID: p.ID, EADs: p.EADs, ExporterLengths: exports}
	}
	all := coap.Advertisement{}
	if a != nil {
		all.Ask = a.Ask
		all.Supported = append(all.Supported, a.Supported...)
	}
	all.Supported = append(all.Supported, added)
	_, err = all.Item(message)
	return &all, err
}

// justAsking is the advertisement of an Initiator that has nothing to tell.
func justAsking(ask coap.Answer) *coap.Advertisement {
	if ask == coap.Unsaid {
		return nil
	}
	return &coap.Advertisement{Ask: ask, Supported: []coap.Supported{{Information: &coap.Profile{}}}}
}

func putAdvertised(a *coap.Advertisement, index C.size_t, out *C.struct_lake_coap_profile) error {
	if a == nil || index >= C.size_t(len(a.Supported)) {
		return ake.ErrNotFound
	}
	s := &a.Supported[index]
	if s.ID != nil {
		return putProfile(coap.Profile{ID: s.ID, EADs: s.EADs}, nil, out)
	}
	return putProfile(*s.Information, s.ExporterLengths, out)
}

//export lakego_coap_session_peer_profile
func lakego_coap_session_peer_profile(h C.uintptr_t, message C.int32_t, index C.size_t, out *C.struct_lake_coap_profile, ask *C.int32_t) C.lake_status {
	return onSession(h, func(s *session) error {
		a, err := coap.ReceivedAdvertisement(s.engine, int(message))
		if err != nil {
			return err
		}
		if err := putAdvertised(a, index, out); err != nil {
			return err
		}
		*ask = C.int32_t(a.Ask)
		return nil
	})
}

//export lakego_coap_profile_of
func lakego_coap_profile_of(h C.uintptr_t, role, combined C.int32_t, out *C.struct_lake_coap_profile) C.lake_status {
	return onConfig(h, func(c *config) error {
		party, err := c.seen()
		if err != nil {
			return err
		}
		return putProfile(coap.ProfileOf(party, ake.Role(role), combined != 0), nil, out)
	})
}

//export lakego_coap_profile_well_known
func lakego_coap_profile_well_known(id C.int64_t, out *C.struct_lake_coap_profile, name *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		p, text, ok := coap.WellKnownProfile(int64(id))
		if !ok {
			return ake.ErrNotFound
		}
		if err := putText(name, capacity, length, []byte(text)); err != nil {
			return err
		}
		return putProfile(p, nil, out)
	})
}

//export lakego_coap_profile_encode
func lakego_coap_profile_encode(profile *C.struct_lake_coap_profile, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		p, exports, err := fromProfile(profile)
		if err != nil {
			return err
		}
		if len(exports) > 0 {
			return &ake.Error{Status: ake.ErrArgument, Detail: "output lengths are for what is advertised in EAD"}
		}
		encoded, err := p.Encode()
		return putBytes(out, capacity, length, encoded, err)
	})
}

//export lakego_coap_profile_decode
func lakego_coap_profile_decode(in *C.uint8_t, inLength C.size_t, out *C.struct_lake_coap_profile) C.lake_status {
	return call(func() error {
		p, err := coap.ParseProfile(input(in, inLength))
		if err != nil {
			return err
		}
		return putProfile(*p, nil, out)
	})
}

//export lakego_coap_link_write
func lakego_coap_link_write(path *C.char, pathLength C.size_t, resource *C.struct_lake_coap_resource, profile *C.struct_lake_coap_profile, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		p, _, err := fromProfile(profile)
		if err != nil {
			return err
		}
		r := coap.Resource{
			Path:      C.GoStringN(path, C.int(pathLength)),
			Initiator: resource.initiator != 0,
			Responder: resource.responder != 0,
			Profile:   p,
		}
		if err := (profileList{&resource.n_profile_ids, &resource.profile_ids, &r.Profiles}).read(); err != nil {
			return err
		}
		return putLink(&r, out, capacity, length)
	})
}

func putLink(r *coap.Resource, out *C.char, capacity C.size_t, length *C.size_t) error {
	link, err := r.Link()
	if err != nil {
		return err
	}
	return putText(out, capacity, length, []byte(link))
}

//export lakego_coap_link_read
func lakego_coap_link_read(text *C.char, textLength, index C.size_t, resource *C.struct_lake_coap_resource, profile *C.struct_lake_coap_profile, path *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		found, err := coap.ParseLinks(C.GoStringN(text, C.int(textLength)))
		if err != nil {
			return err
		}
		if index >= C.size_t(len(found)) {
			return ake.ErrNotFound
		}
		r := found[index]
		if err := putText(path, capacity, length, []byte(r.Path)); err != nil {
			return err
		}
		resource.initiator, resource.responder = flag(r.Initiator), flag(r.Responder)
		if err := (profileList{&resource.n_profile_ids, &resource.profile_ids, &r.Profiles}).write(); err != nil {
			return err
		}
		return putProfile(r.Profile, nil, profile)
	})
}
