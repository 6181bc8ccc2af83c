package main

import (
	"encoding/hex"

	"github.com/liblake/lake/ake"
)

// demo is a credential made for the examples of all languages: a CCS, and its private key,
// which is public, so it protects nothing.
type demo struct{ ccs, key string }

var (
	demoClient = demo{
		ccs: "a2026b64656d6f20636c69656e7408a101a501020241012001215820ea99c32651965e046fb22f0f66477aaa8ca9b260" +
			"0acf2d29a6605b5d483190e72258204585dc64fa94fbc7b7fcaa05061bb0035b7603ad508f3a5dd9d59263d6880e5b",
		key: "b80321947f91a5754e638fa40a94884d471b0a06b550f7b6b53cf0251323527e",
	}
	demoServer = demo{
		ccs: "a2026b64656d6f2073657276657208a101a5010202412120012158206580128c66e226bc573fbcb83ef9dcdb998499ce" +
			"d85027a41ea4831618d2455e22582027a20216d55db7b45291ad6be9e2f9dbde574e87a5e30ef0154acfb7dfdf0f3c",
		key: "038e6f4d11c28428b1cdc88304a715f7cb32f4fb1161702b735e5a7bcb1f7799",
	}
)

func (d demo) credential() (*ake.Credential, error) {
	ccs, err := hex.DecodeString(d.ccs)
	if err != nil {
		return nil, err
	}
	return ake.CredentialFromCCS(ccs)
}

func (d demo) private() []byte {
	key, _ := hex.DecodeString(d.key)
	return key
}
