//go:build js

// The engine and package explain as WebAssembly, for the page and its API (../lake.d.ts).
// It sets one global function, which takes the name of a function and its arguments as
// JSON, besides a capture in bytes, and gives JSON back: {"result": ...} or {"error": text}.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/explain"
	"github.com/liblake/lake/ake/explain/capture"
)

func main() {
	js.Global().Set("lakeCall", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		var binary []byte
		if len(arguments) > 2 && arguments[2].Truthy() {
			binary = make([]byte, arguments[2].Get("length").Int())
			js.CopyBytesToGo(binary, arguments[2])
		}
		return answer(arguments[0].String(), arguments[1].String(), binary)
	}))
	select {}
}

// answer calls a function. Nothing that it does ends the program.
func answer(name, arguments string, binary []byte) (text string) {
	reply := map[string]any{}
	defer func() {
		if recover() != nil {
			text = `{"error": "an internal error"}`
		}
	}()
	if result, err := call(name, []byte(arguments), binary); err != nil {
		reply["error"] = err.Error()
	} else {
		reply["result"] = result
	}
	out, err := json.Marshal(reply)
	if err != nil {
		return `{"error": "an internal error"}`
	}
	return string(out)
}

func call(name string, arguments, binary []byte) (any, error) {
	switch name {
	case "explain":
		return with(arguments, func(a explainArguments) (any, error) { return a.explain(binary) })
	case "decode":
		return with(arguments, decode)
	case "play":
		return with(arguments, playArguments.play)
	case "generate":
		return with(arguments, wanted.generate)
	case "lists":
		return lists(), nil
	}
	return nil, fmt.Errorf("there is no function %q", name)
}

func with[T any](arguments []byte, f func(T) (any, error)) (any, error) {
	var a T
	if err := json.Unmarshal(arguments, &a); err != nil {
		return nil, errors.New("the arguments are not of the form that they should have")
	}
	return f(a)
}

// lists are the methods, suites and findings that there are.
func lists() any {
	type named struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
		// Of methods: does the side sign? Of suites: the kinds of key.
		SignatureI bool   `json:"signatureI,omitempty"`
		SignatureR bool   `json:"signatureR,omitempty"`
		Curve      string `json:"curve,omitempty"`
		Signature  string `json:"signature,omitempty"`
	}
	var methods, suites []named
	for _, m := range ake.Methods() {
		methods = append(methods, named{ID: int(m.Method), Name: m.Name, SignatureI: m.SignatureI, SignatureR: m.SignatureR})
	}
	for _, id := range ake.Suites() {
		info, _ := ake.Suite(id)
		suites = append(suites, named{ID: id, Name: info.Name, Curve: info.Curve.String(), Signature: info.SignatureKey.String()})
	}
	var kinds []string
	for kind := ake.KeyP256; kind.Valid(); kind++ {
		kinds = append(kinds, kind.String())
	}
	return map[string]any{"methods": methods, "suites": suites, "keyKinds": kinds, "findings": explain.Names()}
}

// explainArguments are a text of hexadecimal, or a capture in bytes, and keys.
type explainArguments struct {
	Hex         string  `json:"hex"`
	KeyLog      string  `json:"keyLog"`
	Ephemeral   []hexa  `json:"ephemeral"`
	Credentials []given `json:"credentials"`
	PSKs        []psk   `json:"psks"`
	KeyUpdate   *hexa   `json:"keyUpdate"`
}

// given is a credential: in hexadecimal, or in PEM.
type given struct {
	Credential string `json:"credential"`
	Private    hexa   `json:"private"`
}

type psk struct {
	IDCred hexa `json:"idCred"`
	CredI  hexa `json:"credI"`
	CredR  hexa `json:"credR"`
	Key    hexa `json:"key"`
}

func (a explainArguments) keys() (*explain.Keys, error) {
	keys := &explain.Keys{}
	if err := keys.AddLog(a.KeyLog); err != nil {
		return nil, err
	}
	for _, key := range a.Ephemeral {
		keys.AddEphemeral(key)
	}
	for i, g := range a.Credentials {
		data, err := g.bytes()
		if err == nil {
			err = keys.AddCredential(data, nonEmpty(g.Private))
		}
		if err != nil {
			return nil, fmt.Errorf("credential %d: %w", i+1, err)
		}
	}
	for _, p := range a.PSKs {
		keys.AddPSK(p.IDCred, p.CredI, p.CredR, nonEmpty(p.Key))
	}
	if a.KeyUpdate != nil {
		keys.SetKeyUpdate(*a.KeyUpdate)
	}
	return keys, nil
}

func nonEmpty(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

func (a explainArguments) explain(binary []byte) (any, error) {
	keys, err := a.keys()
	if err != nil {
		return nil, err
	}
	if binary == nil {
		datagrams, err := explain.ParseHex(a.Hex)
		if err != nil {
			return nil, err
		}
		return explain.Explain(datagrams, keys), nil
	}
	datagrams, remarks, err := capture.Read(binary)
	if err != nil {
		return nil, err
	}
	report := explain.Explain(datagrams, keys)
	report.Notes = remarks
	return report, nil
}

func decode(a struct {
	Hex    hexa `json:"hex"`
	Number int  `json:"number"`
	Suite  *int `json:"suite"`
}) (any, error) {
	suite := -1
	if a.Suite != nil {
		suite = *a.Suite
	}
	message, findings := explain.Decode(a.Hex, a.Number, suite)
	return map[string]any{"message": message, "findings": findings, "text": explain.Tree(message, findings, explain.Style{})}, nil
}
