package pkix

import (
	"encoding/asn1"
	"fmt"
	"slices"
)

// oidAnyPurpose is anyExtendedKeyUsage. It restricts nothing, and says nothing.
var oidAnyPurpose = asn1.ObjectIdentifier{2, 5, 29, 37, 0}

// checkPurpose checks that a certificate of a path is for the purpose that was asked
// for (RFC 5280 section 4.2.1.12): an end entity has to say so, issuers must not say
// otherwise.
func checkPurpose(c *Certificate, purpose asn1.ObjectIdentifier, endEntity bool) error {
	value, restricted := extension(c, oidExtendedKeyUsage)
	if !restricted && !endEntity {
		return nil
	}
	var listed []asn1.ObjectIdentifier
	if restricted {
		if rest, err := asn1.Unmarshal(value, &listed); err != nil || len(rest) > 0 {
			return fmt.Errorf("%w: extended key usage of %s", ErrMalformed, title(c))
		}
	}
	if slices.ContainsFunc(listed, purpose.Equal) || !endEntity && slices.ContainsFunc(listed, oidAnyPurpose.Equal) {
		return nil
	}
	return fmt.Errorf("%w: %s is not for the purpose %v (extended key usage)", ErrKeyUsage, title(c), purpose)
}
