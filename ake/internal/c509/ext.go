package c509

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// extensionForm is a row of the "C509 Extensions Registry", with the two ways
// between the DER in an extnValue and the extensionValue in CBOR.
type extensionForm struct {
	name  string
	oid   string
	read  func(c dialect, r *items, b *cryptobyte.Builder)
	write func(c dialect, d *der) []byte
}

const (
	extKeyUsage         = 2
	extBasicConstraints = 4

	maxExtensions = 64
)

var extensionForms = map[int64]extensionForm{
	1:                   {name: "subject key identifier", oid: "2.5.29.14", read: readKeyIdentifier, write: writeKeyIdentifier},
	extKeyUsage:         {name: "key usage", oid: "2.5.29.15", read: readKeyUsage, write: writeKeyUsage},
	3:                   {name: "subject alternative name", oid: "2.5.29.17", read: readAltName, write: writeAltName},
	extBasicConstraints: {name: "basic constraints", oid: "2.5.29.19", read: readBasicConstraints, write: writeBasicConstraints},
	5:                   {name: "CRL distribution points", oid: "2.5.29.31", read: readDistribution, write: writeDistribution},
	6:                   {name: "certificate policies", oid: "2.5.29.32", read: readPolicies, write: writePolicies},
	7:                   {name: "authority key identifier", oid: "2.5.29.35", read: readAuthorityKey, write: writeAuthorityKey},
	8:                   {name: "extended key usage", oid: "2.5.29.37", read: readPurposes, write: writePurposes},
	9:                   {name: "authority information access", oid: "1.3.6.1.5.5.7.1.1", read: readAccess, write: writeAccess},
	24:                  {name: "subject directory attributes", oid: "2.5.29.9", read: readDirectoryAttributes, write: writeDirectoryAttributes},
	25:                  {name: "issuer alternative name", oid: "2.5.29.18", read: readAltName, write: writeAltName},
	26:                  {name: "name constraints", oid: "2.5.29.30", read: readNameConstraints, write: writeNameConstraints},
	27:                  {name: "policy mappings", oid: "2.5.29.33", read: readPolicyMappings, write: writePolicyMappings},
	28:                  {name: "policy constraints", oid: "2.5.29.36", read: readPolicyConstraints, write: writePolicyConstraints},
	29:                  {name: "freshest CRL", oid: "2.5.29.46", read: readDistribution, write: writeDistribution},
	30:                  {name: "inhibit anyPolicy", oid: "2.5.29.54", read: readUint, write: writeUint},
	31:                  {name: "subject information access", oid: "1.3.6.1.5.5.7.1.11", read: readAccess, write: writeAccess},
	32:                  {name: "IP address blocks", oid: "1.3.6.1.5.5.7.1.7", read: readIPBlocks, write: writeIPBlocks},
	33:                  {name: "AS identifiers", oid: "1.3.6.1.5.5.7.1.8", read: readASIdentifiers, write: writeASIdentifiers},
	34:                  {name: "IP address blocks v2", oid: "1.3.6.1.5.5.7.1.28", read: readIPBlocks, write: writeIPBlocks},
	35:                  {name: "AS identifiers v2", oid: "1.3.6.1.5.5.7.1.29", read: readASIdentifiers, write: writeASIdentifiers},
	36:                  {name: "OCSP no check", oid: "1.3.6.1.5.5.7.48.1.5", read: readNull, write: writeNull},
	37:                  {name: "precertificate signing certificate", oid: "1.3.6.1.4.1.11129.2.4.3", read: readNull, write: writeNull},
	38:                  {name: "TLS features", oid: "1.3.6.1.5.5.7.1.24", read: readFeatures, write: writeFeatures},
}

var extensionIDs = func() *registry {
	oids := make(map[int64]string, len(extensionForms))
	for id, form := range extensionForms {
		oids[id] = form.oid
	}
	return newRegistry(oids)
}()

// Extension is an extension of a certificate, with its value in DER.
type Extension struct {
	OID      []byte // the content of the DER OBJECT IDENTIFIER
	Critical bool
	Value    []byte // the content of the DER extnValue
}

// valueToDER converts the value of an extension, and refuses what is not the
// one form of it.
func (c dialect) valueToDER(form extensionForm, item cborx.Item) ([]byte, error) {
	value, ok := c.readValue(form, item)
	if !ok {
		return nil, fmt.Errorf("extension %q has a value of a form that C509 does not have", form.name)
	}
	d := walkDER(value)
	if again := form.write(c, d); *d.bad || !bytes.Equal(again, item) {
		return nil, fmt.Errorf("extension %q is not in the shortest form that C509 has for it", form.name)
	}
	return value, nil
}

// valueToCBOR is the reverse; not ok when the value has to stay in DER.
func (c dialect) valueToCBOR(form extensionForm, value []byte) (item cborx.Item, ok bool) {
	d := walkDER(value)
	item, err := cborx.One(form.write(c, d))
	if *d.bad || err != nil {
		return nil, false
	}
	again, ok := c.readValue(form, item)
	return item, ok && bytes.Equal(again, value)
}

func (c dialect) readValue(form extensionForm, item cborx.Item) ([]byte, bool) {
	r := walkItems(item)
	var b cryptobyte.Builder
	form.read(c, r, &b)
	value, err := b.Bytes()
	return value, !*r.bad && err == nil
}

// extensions reads Extensions: an array, or an int for a lonely key usage.
func (c dialect) extensions(item cborx.Item) ([]Extension, error) {
	if usage, ok := item.Int(); ok {
		magnitude := max(usage, -usage)
		form := extensionForms[extKeyUsage]
		value, err := c.valueToDER(form, cborx.AppendInt(nil, magnitude))
		if err != nil {
			return nil, err
		}
		return []Extension{{oidContent(form.oid), usage < 0, value}}, nil
	}
	if item.Kind() != cborx.Array {
		return nil, fmt.Errorf("the extensions are neither an array nor an int")
	}
	r := walkItems(item).array()
	if len(r.list) == 2 && r.list[0].Kind() == cborx.Int && r.list[1].Kind() == cborx.Int {
		if id, _ := r.list[0].Int(); id == extKeyUsage || id == -extKeyUsage && r.list[1][0] != 0 {
			return nil, fmt.Errorf("a lonely key usage is not written as an int")
		}
	}
	if len(r.list) > 2*maxExtensions {
		return nil, fmt.Errorf("more than %d extensions", maxExtensions)
	}
	list := make([]Extension, 0, len(r.list)/2)
	for r.more() {
		extension, err := c.extension(r)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if bytes.Equal(other.OID, extension.OID) {
				return nil, fmt.Errorf("extension %s comes twice", dottedOID(other.OID))
			}
		}
		list = append(list, extension)
	}
	if *r.bad {
		return nil, fmt.Errorf("the extensions are not pairs of an id and a value")
	}
	return list, nil
}

func (c dialect) extension(r *items) (Extension, error) {
	if r.peek().Kind() == cborx.Int {
		id := r.int()
		critical := id < 0
		form, ok := extensionForms[max(id, -id)]
		if !ok {
			return Extension{}, fmt.Errorf("extension %d is not one that C509 has", max(id, -id))
		}
		value, err := c.valueToDER(form, r.next())
		return Extension{oidContent(form.oid), critical, value}, err
	}
	extension := Extension{OID: r.oid(noRegistry)}
	value := r
	if extension.Critical = r.peek().Kind() == cborx.Array; extension.Critical {
		value = r.array()
		r.check(len(value.list) == 1)
	}
	extension.Value = value.bytes()
	if *r.bad {
		return extension, fmt.Errorf("an extension is not an id and its value")
	}
	if c.native {
		// Re-encoded certificates may be older than a short form, and their
		// readers are to take that; native ones have to use it.
		if id, known := extensionIDs.values[string(extension.OID)]; known {
			form := extensionForms[id]
			if _, short := c.valueToCBOR(form, extension.Value); short {
				return extension, fmt.Errorf("extension %q is not in the form that C509 has for it", form.name)
			}
		}
	}
	return extension, nil
}

// appendExtensions is the reverse of extensions.
func (c dialect) appendExtensions(out []byte, list []Extension) []byte {
	var all array
	for _, extension := range list {
		id, known := extensionIDs.values[string(extension.OID)]
		if known {
			form := extensionForms[id]
			if value, ok := c.valueToCBOR(form, extension.Value); ok {
				if usage, isInt := value.Int(); id == extKeyUsage && isInt && len(list) == 1 {
					return cborx.AppendInt(out, usage*sign(extension.Critical))
				}
				all.int(id * sign(extension.Critical))
				all.add(value)
				continue
			}
		}
		all.bytes(extension.OID)
		if extension.Critical {
			var wrapped array
			wrapped.bytes(extension.Value)
			all.add(wrapped.encode())
		} else {
			all.bytes(extension.Value)
		}
	}
	return append(out, all.encode()...)
}

func sign(critical bool) int64 {
	if critical {
		return -1
	}
	return 1
}

func addExtensions(b *cryptobyte.Builder, list []Extension) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, extension := range list {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, extension.OID)
				if extension.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(extension.Value)
			})
		}
	})
}
