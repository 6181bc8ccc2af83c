package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/endpoint"
	"github.com/liblake/lake/ake/oscore"
)

// trust is who this side is and whom it trusts, as the files said when they were read.
// This file is the only one that makes and changes an ake.Config.
type trust struct {
	config    ake.Config
	party     *ake.Party // made of config
	pinned    []*ake.Credential
	psks      []sharedKey
	certified bool // by authorities
	expected  []string
}

// readTrust reads the files. resumption has the keys of --resume, nil without it.
func readTrust(o *options, resumption *ake.ResumptionStore) (*trust, error) {
	t := &trust{certified: len(o.Trust) > 0}
	t.config.ResumptionStore = resumption
	role := o.role()
	for _, step := range []func() error{
		func() error { return t.settings(o) },
		func() error { return each(o.Own, t.addOwn) },
		func() error { return each(o.Trust, t.addAnchor) },
		func() error { return each(o.Peer, t.addPeer) },
		func() error { return each(o.PSK, func(name string) error { return t.addPSKs(name, role) }) },
		func() error { return each(o.CRL, t.addCRL) },
		func() error { return t.expect(o) },
		func() (err error) { t.party, err = ake.NewParty(t.config); return err },
		func() error { _, err := t.party.NewSession(role); return err },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func each(files []string, add func(name string) error) error {
	for _, name := range files {
		if err := add(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t *trust) settings(o *options) error {
	for _, m := range o.Methods {
		t.config.Methods = append(t.config.Methods, ake.Method(m))
	}
	t.config.Suites, t.config.Message4 = o.Suites, o.Message4
	if t.certified {
		t.config.Policy = ake.PolicyX509
	}
	if o.KeyLog == "" {
		return nil
	}
	var err error
	t.config.KeyLog, err = keyLog(o.KeyLog)
	return err
}

// byValue is how credentials are sent that somebody vouches for: the other side need not
// have them beforehand.
var byValue = map[ake.CredentialType]ake.IDType{
	ake.CredentialX509: ake.IDX5Chain, ake.CredentialC509: ake.IDC5C, ake.CredentialCWT: ake.IDKcwt,
}

// addOwn adds "file" or "file,keyfile".
func (t *trust) addOwn(names string) error {
	name, keyName, apart := strings.Cut(names, ",")
	if !apart {
		keyName = name
	}
	credential, err := readCredential(name)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(keyName)
	if err != nil {
		return err
	}
	defer clear(key)
	if err := credential.SetPrivateKeyPEM(key); err != nil {
		if !apart {
			return fmt.Errorf("%w; where the key is in a file of its own, say %s,keyfile", err, name)
		}
		return err
	}
	if id, ok := byValue[credential.Type()]; ok {
		if err := credential.SetID(id, nil); err != nil {
			return err
		}
	}
	t.config.Own = append(t.config.Own, credential)
	return nil
}

func (t *trust) addAnchor(name string) error {
	anchor, err := readCredential(name)
	if err != nil {
		return err
	}
	t.config.TrustAnchors = append(t.config.TrustAnchors, anchor)
	return nil
}

func (t *trust) addPeer(name string) error {
	peer, err := readCredential(name)
	if err != nil {
		return err
	}
	t.pinned = append(t.pinned, peer)
	t.config.Peers = append(t.config.Peers, peer)
	return nil
}

func (t *trust) addPSKs(name string, role ake.Role) error {
	keys, err := readSharedKeys(name)
	if err != nil {
		return err
	}
	t.psks = append(t.psks, keys...)
	to := &t.config.ResponderPSKs
	if role == ake.Initiator {
		to = &t.config.InitiatorPSKs
	}
	for _, key := range keys {
		*to = append(*to, key.credential)
	}
	return nil
}

func (t *trust) addCRL(name string) error {
	file, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	lists, err := ake.ParseCRLs(file)
	t.config.CRLs = append(t.config.CRLs, lists...)
	return err
}

// expect says which peers are accepted. Of a server below an authority it is by default
// the one that has the name in the URI, as with any other protocol.
func (t *trust) expect(o *options) error {
	t.expected = slices.Clone(o.Expect)
	if host, _, err := o.remote(); len(t.expected) == 0 && t.certified && o.mode == modeConnect && err == nil {
		kind := "dns:"
		if _, err := netip.ParseAddr(host); err == nil {
			kind = "ip:"
		}
		t.expected = append(t.expected, kind+host)
		for _, peer := range t.pinned {
			t.expected = append(t.expected, "key:"+hex.EncodeToString(peer.PublicKey()))
		}
	}
	for _, text := range t.expected {
		kind, name, err := parseName(text)
		if err == nil {
			_, err = ake.NewParty(ake.Config{AllowedPeers: []ake.PeerName{{Kind: kind, Text: name}}})
		}
		if err != nil {
			return fmt.Errorf("expect %s: %w", text, err)
		}
		t.config.AllowedPeers = append(t.config.AllowedPeers, ake.PeerName{Kind: kind, Text: name})
	}
	return nil
}

// readCredential reads a credential of any kind: its first byte tells which.
func readCredential(name string) (*ake.Credential, error) {
	file, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	defer clear(file) // there may be a private key in it
	switch {
	case len(file) == 0:
		return nil, errors.New("the file is empty")
	case file[0]>>5 == 5: // a CBOR map
		return ake.CredentialFromCCS(file)
	case file[0] == 0x84, file[0] == 0xd2, file[0] == 0xd8: // an array of four, tagged or not
		return ake.CredentialFromCWT(file)
	case file[0] == 0x8b: // an array of eleven
		return ake.CredentialFromC509(file)
	}
	return ake.CredentialFromPEM(file)
}

// accepts tells why a peer that is there would not be trusted any more, nil if it would.
func (t *trust) accepts(credential *ake.Credential) error {
	same := func(other *ake.Credential) bool { return bytes.Equal(other.Bytes(), credential.Bytes()) }
	switch {
	case credential.Type() == ake.CredentialPSK:
		if t.sharedKey(credential) == nil {
			return errors.New("its pre-shared key is not in the files any more")
		}
		return nil
	case slices.ContainsFunc(t.pinned, same):
		if err := t.party.VerifyCredential(credential, true); ake.StatusOf(err) == ake.ErrRevoked {
			return err
		}
		return nil
	}
	err := t.party.VerifyCredential(credential, true)
	if ake.StatusOf(err) == ake.ErrKeyUsage { // it is for key agreement
		err = t.party.VerifyCredential(credential, false)
	}
	return err
}

// keptAnswers is how many answers to a peer can be repeated: behind it there may be many
// programs, which ask at once and wait for seconds before they repeat.
// Their requests come late by as many of the others as are asked meanwhile.
// All of it together is bounded, or peers that flood could fill the memory.
const (
	keptAnswers  = 512
	keptMemory   = 16 << 20
	oscoreWindow = oscore.MaxReplayWindow
)

// endpoint is the configuration of the engine.
func (t *trust) endpoint(o *options) endpoint.Config {
	config := endpoint.Config{Open: o.Open, Combined: o.Combined, Reverse: o.Reverse && o.mode == modeConnect, Resumption: t.config.ResumptionStore,
		Limits: endpoint.Limits{Peers: o.Peers, Idle: o.Idle, Kept: keptAnswers, Memory: keptMemory}, ReplaySize: oscoreWindow}
	config.Responder, config.Initiator = t.roles(o)
	if o.State != "" {
		config.Ahead = o.Ahead
	}
	config.Renewal.KeyAge = o.Renew
	return config
}

func (t *trust) roles(o *options) (responder, initiator *ake.Party) {
	if o.role() == ake.Responder {
		return t.party, nil
	}
	return nil, t.party
}
