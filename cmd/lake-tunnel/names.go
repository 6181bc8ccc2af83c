package main

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/liblake/lake/ake"
)

// nameKinds are the kinds of name on the command line.
var nameKinds = map[string]ake.NameKind{
	"dns": ake.NameDNS, "ip": ake.NameIP, "uri": ake.NameURI, "eui64": ake.NameEUI64, "subject": ake.NameSubject,
	"key": ake.NameKey, "cwt": ake.NameCWT, "ccs": ake.NameCCS,
}

// parseName reads kind:name.
func parseName(text string) (ake.NameKind, string, error) {
	prefix, name, _ := strings.Cut(text, ":")
	kind, ok := nameKinds[prefix]
	if !ok || name == "" {
		return 0, "", fmt.Errorf("it is not kind:name, with a kind of dns, ip, uri, eui64, subject, key, cwt or ccs")
	}
	return kind, name, nil
}

// longestName is what a Uri-Query of 255 bytes has room for, with a name of 64.
const longestName = 190

// nameOf is the name of a peer as --expect takes it, or psk: and the name in the file of
// pre-shared keys: the first that the credential has of DNS name, IP address, URI,
// subject, key.
func (t *trust) nameOf(credential *ake.Credential, own ake.Role) string {
	if key := t.sharedKey(credential); key != nil {
		return "psk:" + key.peerOf(own)
	}
	identity := credential.Identity()
	if identity.Kind == ake.CredentialPSK {
		return "psk:" + hex.EncodeToString(identity.Kid)
	}
	var name string
	for _, alternative := range identity.Names {
		for _, form := range []string{"DNS:", "IP:", "URI:"} {
			if value, ok := strings.CutPrefix(alternative, form); ok && name == "" {
				name = strings.ToLower(form) + value
			}
		}
	}
	if name == "" && identity.Subject != "" {
		switch identity.Kind {
		case ake.CredentialX509, ake.CredentialC509:
			name = "subject:" + identity.Subject
		case ake.CredentialCWT:
			name = "cwt:" + identity.Subject
		case ake.CredentialCCS:
			name = "ccs:" + identity.Subject
		}
	}
	if name == "" || len(name) > longestName {
		name = "key:" + hex.EncodeToString(credential.PublicKey())
	}
	return name
}
