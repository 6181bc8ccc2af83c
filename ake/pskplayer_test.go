package ake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
)

// This file has what the sessions of EDHOC-PSK have other than those of the
// methods 0 to 3.

// pskEntry is a pre-shared key as both sides have it.
type pskEntry struct {
	IDCred hexBytes `json:"id_cred"`
	PSK    hexBytes `json:"psk"`
	Hash   int      `json:"hash"`
	CredI  hexBytes `json:"cred_i"`
	CredR  hexBytes `json:"cred_r"`
}

func (e *pskEntry) credential() (*Credential, error) {
	return CredentialFromPSK(e.IDCred, e.PSK, e.Hash, e.CredI, e.CredR)
}

// merge replaces the fields of the entry that a row of invalid.json names.
func (e *pskEntry) merge(t *testing.T, fields any) *pskEntry {
	t.Helper()
	merged := *e
	data := value[[]byte](t)(json.Marshal(fields))
	must(t, json.Unmarshal(data, &merged))
	return &merged
}

// addPSK gives one side its key: the Initiator by the Config, the Responder in
// the way of the mode.
func (v *vector) addPSK(d *side, c *hostConfig, role Role, m mode) {
	d.t.Helper()
	if v.PSKID != "compact" {
		d.t.Fatalf("psk_id is %q: only the compact form of ID_CRED_PSK is known here", v.PSKID)
	}
	d.psk = &v.PSKEntry
	if role == Responder && m.psk != nil {
		d.psk = m.psk
	}
	if role == Responder && m.psk != nil && m.psk.Hash != v.PSKEntry.Hash { // the suite is supported all the same
		spare := v.PSKEntry
		spare.IDCred = hexBytes(cose.KidID([]byte("spare")))
		addPSK(c, role, value[*Credential](d.t)(spare.credential()))
	}
	if role == Initiator || m.trust != pulled && m.trust != callback {
		addPSK(c, role, value[*Credential](d.t)(d.psk.credential()))
	}
}

func (d *side) resolvePSK(idCred []byte) ([]*Credential, error) {
	if !bytes.Equal(idCred, d.psk.IDCred) {
		return nil, ErrNotFound
	}
	return []*Credential{value[*Credential](d.t)(d.psk.credential())}, nil
}

func (d *side) answerPSK(idCred []byte) error {
	found, err := d.resolvePSK(idCred)
	if errors.Is(err, ErrNotFound) {
		return d.RejectPeer(ErrCredentialUnknown)
	}
	return d.SetPeerCredential(found[0])
}

// keepPSK notes what follows from message n of EDHOC-PSK.
func (d *side) keepPSK(n int, data []byte) {
	d.t.Helper()
	content := value[[]byte](d.t)(message.ParseByteString("message", data))
	v := d.values
	switch n {
	case 2:
		length := d.phase.about().alg.PublicKeyLength()
		v["g_y"], v["ciphertext_2a"], v["keystream_2a"] = content[:length], content[length:], v["keystream_2"]
		v["plaintext_2a"] = d.decrypted("keystream_2", content[length:])
		p2 := value[*message.Plaintext2A](d.t)(message.ParsePlaintext2A(v["plaintext_2a"]))
		v["ead_2"], v["prk_3e2m"] = message.AppendEAD(nil, p2.EAD), keysOf(d).prk3e2m
	case 3:
		v["ciphertext_3a"], v["plaintext_3a"] = content, d.decrypted("keystream_3a", content)
		p3 := value[*message.Plaintext3A](d.t)(message.ParsePlaintext3A(v["plaintext_3a"]))
		v["id_cred_psk"], v["ciphertext_3b"], v["ead_3"] = p3.IDCredPSK, p3.Ciphertext3B, v["plaintext_3b"]
	case 4:
		v["ead_4"], v["ciphertext_4"] = v["plaintext_4"], content
	}
}

// refusedPSK plays the rows whose key no Config takes: what cannot be configured
// cannot be accepted.
func (row *invalidRow) refusedPSK(t *testing.T, v *vector) bool {
	t.Helper()
	fields, ok := row.State["psk_entry"]
	if !ok {
		return false
	}
	_, err := v.PSKEntry.merge(t, fields).credential()
	if err == nil {
		return false
	}
	if status := StatusOf(err); status != ErrArgument && status != ErrUnsupported && status != ErrCredentialMalformed {
		t.Errorf("the key of the row: %v", err)
	}
	if row.Expect != "reject" {
		t.Errorf("the key is refused (%v), the message should be: %s", err, row.Expect)
	}
	return true
}

// TestResumptionVectors: the key of every -resume session is what the session
// that it names gives, on both sides.
func TestResumptionVectors(t *testing.T) {
	byID, played := loadVectors(t)
	compared := 0
	for _, v := range played {
		from := byID[v.ResumedFrom]
		if from == nil { // no resumption, or of a session that the file does not have
			continue
		}
		t.Run(v.ID, func(t *testing.T) {
			i, r := from.run(t, mode{trust: pinned, message4: from.Message4}, from.Message4)
			want := value[*Credential](t)(v.PSKEntry.credential())
			for _, d := range []*side{i, r} {
				got := value[*Credential](t)(d.ResumptionCredential(0))
				wantBytes(t, fmt.Sprint(d.role, " ID_CRED_PSK"), got.IDCred(), want.IDCred())
				wantBytes(t, fmt.Sprint(d.role, " rPSK"), got.psk.secret, want.psk.secret)
				credI, credR := got.PSKCredentials()
				wantBytes(t, fmt.Sprint(d.role, " CRED_I"), credI, v.PSKEntry.CredI)
				wantBytes(t, fmt.Sprint(d.role, " CRED_R"), credR, v.PSKEntry.CredR)
				if got.psk.hash != want.psk.hash {
					t.Errorf("hash %d, want %d", got.psk.hash, want.psk.hash)
				}
				compared++
			}
		})
	}
	if compared == 0 {
		t.Error("no session is resumed")
	}
}
