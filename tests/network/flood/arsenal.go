package main

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"

	"github.com/liblake/lake/ake"
)

// arsenal makes what attackers send. It is for one goroutine.
type arsenal struct {
	random   *rand.Rand
	messages [][]byte // valid message_1, which all may have
	weights  int
}

// weapon is a kind of datagram. A real one is for attackers that answer Echo
// challenges, too.
type weapon struct {
	weight int
	real   bool
	make   func(*arsenal) datagram
}

var weapons = []weapon{
	{24, true, (*arsenal).message1},
	{6, true, (*arsenal).emptyPost},
	{2, false, (*arsenal).randomOptions},
	{2, false, (*arsenal).randomPayload},
	{2, false, (*arsenal).wrongMethod},
	{2, false, (*arsenal).wrongFormat},
	{3, false, (*arsenal).forgedMessage3},
	{2, false, (*arsenal).errorMessage},
	{2, false, (*arsenal).oversized},
	{2, false, (*arsenal).firstBlock},
	{2, false, (*arsenal).edhocOption},
	{3, false, (*arsenal).forgedOSCORE},
	{1, false, (*arsenal).otherResource},
	{1, false, (*arsenal).ping},
}

func newArsenal(seed, number uint64, messages [][]byte) *arsenal {
	a := &arsenal{random: rand.New(rand.NewPCG(seed, number)), messages: messages}
	for _, w := range weapons {
		a.weights += w.weight
	}
	return a
}

// validMessages makes n message_1 that a server has to take for those of clients.
func validMessages(n int) ([][]byte, error) {
	var messages [][]byte
	for i := range n {
		own, err := unknown([]ake.KeyKind{ake.KeyP256, ake.KeyX25519}[i%2])
		if err != nil {
			return nil, err
		}
		party, err := ake.NewParty(ake.Config{Suites: []int{[]int{2, 0}[i%2]}, Methods: []ake.Method{3}, Own: []*ake.Credential{own}})
		if err != nil {
			return nil, err
		}
		session, err := party.NewSession(ake.Initiator)
		if err != nil {
			return nil, err
		}
		message, err := session.PrepareMessage1()
		if err != nil {
			return nil, err
		}
		messages = append(messages, append([]byte{0xf5}, message...)) // CBOR true (RFC 9528 section A.2.1)
		session.Close()
	}
	return messages, nil
}

// unknown is a credential that nobody knows.
func unknown(kind ake.KeyKind) (*ake.Credential, error) {
	private, public, err := ake.GenerateKey(kind)
	if err != nil {
		return nil, err
	}
	ccs, err := ake.NewCCS("nobody", []byte{0x7f}, kind, public)
	if err != nil {
		return nil, err
	}
	credential, err := ake.CredentialFromCCS(ccs)
	if err != nil {
		return nil, err
	}
	return credential, credential.SetPrivateKey(private)
}

// next makes a datagram. One in ten arrives cut off, or is no CoAP at all.
func (a *arsenal) next() (d datagram, encoded []byte, real bool) {
	n := a.random.IntN(a.weights)
	i := 0
	for ; n >= weapons[i].weight; i++ {
		n -= weapons[i].weight
	}
	d = weapons[i].make(a)
	d.kind = []byte{typeCON, typeNON}[a.random.IntN(2)]
	encoded = a.fresh(&d)
	switch a.random.IntN(20) {
	case 0:
		return d, encoded[:a.random.IntN(len(encoded))], false
	case 1:
		return d, a.bytes(1, 1200), false
	}
	return d, encoded, weapons[i].real
}

// fresh encodes a datagram with a new message id and token.
func (a *arsenal) fresh(d *datagram) []byte {
	d.id = uint16(a.random.Uint32())
	d.token = a.bytes(1, 8)
	return d.encode()
}

// bytes are least to most random ones.
func (a *arsenal) bytes(least, most int) []byte {
	out := make([]byte, least+a.random.IntN(most-least+1))
	for i := range out {
		out[i] = byte(a.random.Uint32())
	}
	return out
}

func (a *arsenal) message1() datagram {
	return post(a.messages[a.random.IntN(len(a.messages))])
}

// emptyPost begins the reverse flow.
func (a *arsenal) emptyPost() datagram { return request(codePOST, nil) }

func (a *arsenal) randomPayload() datagram { return post(a.bytes(1, 200)) }

func (a *arsenal) randomOptions() datagram {
	return request(codePOST, a.bytes(0, 50),
		option{uint16(a.random.IntN(300)), a.bytes(0, 20)}, option{uint16(a.random.IntN(3000)), a.bytes(0, 300)})
}

func (a *arsenal) wrongMethod() datagram {
	d := a.message1()
	d.code = []byte{codeGET, codePUT, 4, 5, 6, 7, 0x1f}[a.random.IntN(7)]
	return d
}

func (a *arsenal) wrongFormat() datagram {
	return request(codePOST, a.messages[0], option{optionContentFormat, a.bytes(0, 2)})
}

// forgedMessage3 is what could be message_3 of somebody else. It must end nobody's run: it
// comes from another address.
func (a *arsenal) forgedMessage3() datagram { return post(append(a.cR(), a.byteString(19)...)) }

// cR is a guess: that of a run or context, of which those of one byte and of two are, or
// any.
func (a *arsenal) cR() []byte {
	if a.random.IntN(2) == 0 {
		return []byte{a.oneByte()}
	}
	return a.byteString(2 + a.random.IntN(6))
}

// oneByte is an identifier of one byte that EDHOC sends as an int.
func (a *arsenal) oneByte() byte {
	n := byte(a.random.IntN(48))
	if n >= 24 {
		n += 8
	}
	return n
}

func (a *arsenal) byteString(n int) []byte {
	if n < 24 {
		return append([]byte{0x40 | byte(n)}, a.bytes(n, n)...)
	}
	return append([]byte{0x58, byte(n)}, a.bytes(n, n)...)
}

func (a *arsenal) errorMessage() datagram {
	return post(append(a.cR(), 0x01, 0x64, 'j', 'u', 'n', 'k'))
}

// oversized is as large as a datagram that arrives in one piece can be.
func (a *arsenal) oversized() datagram { return post(append([]byte{0xf5}, a.bytes(1300, 1300)...)) }

// firstBlock begins a body of which the rest never comes, and which may be said to be
// of 4 GiB.
func (a *arsenal) firstBlock() datagram {
	d := a.block(0)
	size := binary.BigEndian.AppendUint32(nil, a.random.Uint32())
	d.options = append(d.options, option{optionSize1, size})
	return d
}

// block is one of 1024 bytes, after which more are to come (RFC 7959).
func (a *arsenal) block(number uint32) datagram {
	const more, size1024 = 0x08, 6
	value := binary.BigEndian.AppendUint32(nil, number<<4|more|size1024)
	return post(a.bytes(1024, 1024), option{optionBlock1, bytes.TrimLeft(value, "\x00")})
}

func (a *arsenal) edhocOption() datagram {
	return datagram{code: codePOST, payload: a.bytes(1, 100), options: []option{
		{optionOSCORE, a.oscore()}, {optionURIPath, []byte("hello")}, {optionEDHOC, nil}}}
}

// forgedOSCORE is a request that OSCORE has to look at.
func (a *arsenal) forgedOSCORE() datagram {
	return datagram{code: codePOST, payload: a.bytes(9, 60), options: []option{
		{optionObserve, nil}, {optionOSCORE, a.oscore()}}}
}

// oscore is the value of the OSCORE option, with a Partial IV of one byte and a kid:
// one that there is, or not.
func (a *arsenal) oscore() []byte {
	const hasKID, partialIV = 0x08, 0x01
	value := []byte{hasKID | partialIV, byte(a.random.Uint32())}
	if a.random.IntN(2) == 0 {
		return append(value, a.oneByte())
	}
	return append(value, a.bytes(3, 7)...)
}

func (a *arsenal) otherResource() datagram {
	return datagram{code: codeGET, options: []option{{optionURIPath, [][]byte{[]byte("hello"), a.bytes(1, 30)}[a.random.IntN(2)]}}}
}

func (a *arsenal) ping() datagram { return datagram{code: codeEmpty} }
