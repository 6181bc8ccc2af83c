package certtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/liblake/lake/ake/internal/pkix"
)

var errorNames = []struct {
	err  error
	name string
}{
	{pkix.ErrExpired, "expired"},
	{pkix.ErrNotYetValid, "not-yet-valid"},
	{pkix.ErrUnknownIssuer, "unknown-issuer"},
	{pkix.ErrBadSignature, "bad-signature"},
	{pkix.ErrAlgorithm, "algorithm"},
	{pkix.ErrKeyKind, "key-kind"},
	{pkix.ErrKeyUsage, "key-usage"},
	{pkix.ErrNotCA, "not-ca"},
	{pkix.ErrPathLength, "path-length"},
	{pkix.ErrNameConstraints, "name-constraints"},
	{pkix.ErrCriticalExtension, "critical-extension"},
	{pkix.ErrRevoked, "revoked"},
	{pkix.ErrCRLOutdated, "crl-outdated"},
	{pkix.ErrChainTooLong, "chain-too-long"},
	{pkix.ErrChainOrder, "chain-order"},
	{pkix.ErrMalformed, "malformed"},
}

// ErrorName names what a case comes to: "ok", "expired", ...
func ErrorName(err error) string {
	if err == nil {
		return "ok"
	}
	for _, row := range errorNames {
		if errors.Is(err, row.err) {
			return row.name
		}
	}
	return "other"
}

// Columns are those of the file cases.tsv that Write makes. Lists of files are
// separated by commas; "-" is an empty list.
const Columns = "name\tform\tusage\ttime\tdepth\twant\tkey_kind\tkey\tchain\tanchors\tintermediates"

// Write writes the cases to a folder, for programs in other languages: one
// line of text for each case in cases.tsv, one file for each certificate (DER)
// and each private key (as Credential.SetPrivateKey takes it).
func Write(folder string, cases []Case) error {
	w := &writer{folder: folder, files: make(map[string]string)}
	lines := []string{Columns}
	for _, c := range cases {
		form, usage := "x5chain", "signature"
		if c.Bag {
			form = "x5bag"
		}
		if c.Usage == pkix.UsageKeyAgreement {
			usage = "static-dh"
		}
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%d\t%d\t%s\t%d\t%s\t%s\t%s\t%s",
			c.Name, form, usage, c.Time.Unix(), c.Depth, ErrorName(c.Want), c.Key.Kind(),
			w.list("key", c.Key.Bytes()), w.list("der", c.Chain...), w.list("der", c.Anchors...), w.list("der", c.Intermediates...)))
	}
	w.write("cases.tsv", []byte(strings.Join(lines, "\n")+"\n"))
	return w.err
}

type writer struct {
	folder string
	files  map[string]string // content -> name
	err    error
}

func (w *writer) list(extension string, contents ...[]byte) string {
	var names []string
	for _, content := range contents {
		name, ok := w.files[string(content)]
		if !ok {
			name = fmt.Sprintf("%04d.%s", len(w.files)+1, extension)
			w.files[string(content)] = name
			w.write(name, content)
		}
		names = append(names, name)
	}
	if names == nil {
		return "-"
	}
	return strings.Join(names, ",")
}

func (w *writer) write(name string, content []byte) {
	if w.err == nil {
		w.err = os.WriteFile(filepath.Join(w.folder, name), content, 0o600)
	}
}
