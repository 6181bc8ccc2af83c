package ake

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// Hedging of whatever is random in a run (RFC 8937).

// watched is a source that notes the hedges it is given.
type watched struct {
	fresh
	hedges *[][]byte
}

func (w watched) ephemeral(kind suite.KeyKind, hedge, besides []byte) (*suite.PrivateKey, error) {
	*w.hedges = append(*w.hedges, bytes.Clone(hedge))
	return w.fresh.ephemeral(suite.KeyKind(kind), hedge, besides)
}

func (w watched) random(n int, hedge []byte) ([]byte, error) {
	*w.hedges = append(*w.hedges, bytes.Clone(hedge))
	return w.fresh.random(n, hedge)
}

// TestEverythingRandomIsHedged: ephemeral keys, connection identifiers and padding,
// with a secret that the peer has not, even where it has the same key.
func TestEverythingRandomIsHedged(t *testing.T) {
	for method := range MethodPSK + 1 {
		i, r := worldOf(t, method, 2).sessions(t)
		seen := map[*Session]*[][]byte{}
		for _, s := range []*Session{i, r} {
			seen[s] = &[][]byte{}
			s.source = watched{hedges: seen[s]}
		}
		for n := 1; n <= 4; n++ {
			sender, _ := endsOf(n, i, r)
			must(t, sender.AddPadding(n, 20))
		}
		handshake(t, i, r, 4)
		for s, hedges := range seen {
			if len(*hedges) < 3 { // X or Y with C_x, padding twice; once more if C_R came out as C_I
				t.Errorf("method %d: the %v drew %d times", method, s.role, len(*hedges))
			}
			for _, hedge := range *hedges {
				if len(hedge) < 32 || bytes.Equal(hedge, make([]byte, len(hedge))) {
					t.Errorf("method %d: a hedge of the %v is %x", method, s.role, hedge)
				}
			}
		}
		if len(*seen[i]) > 0 && len(*seen[r]) > 0 && bytes.Equal((*seen[i])[0], (*seen[r])[0]) {
			t.Errorf("method %d: both sides hedge with the same", method)
		}
	}
}

// replicaOf makes this program a replica that prints its messages_1.
const replicaOf = "LAKE_TEST_REPLICA"

// stuck is a generator that always gives the same.
type stuck struct{}

func (stuck) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestReplicasDiffer: two replicas of one endpoint, each with the same keys and a
// generator that is stuck at the same place, make neither the same X nor the same
// C_I or padding.
func TestReplicasDiffer(t *testing.T) {
	if os.Getenv(replicaOf) != "" {
		rand.Reader = stuck{}
		for _, s := range replicas(t) {
			id := value[[]byte](t)(s.source.random(16, s.hedge(nil)))
			must(t, s.AddPadding(1, 34))
			fmt.Printf("\nreplica %x %x\n", value[[]byte](t)(s.PrepareMessage1()), id)
		}
		return
	}
	const length = 16
	seen := map[string]string{}
	for run := range 3 {
		command := append(strings.Fields(os.Getenv("LAKE_EMULATOR")), os.Args[0], "-test.run=^TestReplicasDiffer$") // tests/cross
		child := exec.Command(command[0], command[1:]...)
		child.Env = append(os.Environ(), replicaOf+"=1")
		out := value[[]byte](t)(child.Output())
		lines := strings.Split(string(out), "\nreplica ")[1:]
		if len(lines) != 2 {
			t.Fatalf("the replica says %s", out)
		}
		for n, line := range lines {
			words := strings.Fields(line)
			message1, id := unhex(t, words[0]), unhex(t, words[1])
			gX, padding := message1[4:], message1[len(message1)-32:]
			for what, part := range map[string][]byte{"G_X": gX[:length], "padding": padding[:length], "an identifier": id} {
				if other := seen[string(part)]; other != "" {
					t.Errorf("%s of endpoint %d in replica %d is that of %s", what, n, run, other)
				}
				seen[string(part)] = fmt.Sprintf("endpoint %d in replica %d", n, run)
			}
		}
	}
	if len(seen) != 3*2*3 {
		t.Errorf("%d values differ, want 18", len(seen))
	}
}

// replicas are an Initiator with a raw key and one with a pre-shared key, that are
// the same in each process.
func replicas(t testing.TB) (all [2]*Session) {
	t.Helper()
	private, public := bytes.Repeat([]byte{7}, 32), []byte(nil)
	key := value[*suite.PrivateKey](t)(suite.ParsePrivateKey(suite.KeyP256, private))
	public = key.Public().Bytes()
	raw := newConfig()
	raw.Own = append(raw.Own, ccsOf(t, KeyP256, "initiator", []byte{1}, private, public))
	raw.Methods = []Method{3}
	raw.Suites = []int{2}
	shared := newConfig()
	psk, err := CredentialFromPSK([]byte{0xa1, 4, 0x41, 7}, private, -16, pskCred("initiator", nil), pskCred("responder", nil))
	must(t, err)
	shared.InitiatorPSKs = append(shared.InitiatorPSKs, psk)
	shared.Suites = []int{2}
	for n, c := range []*hostConfig{raw, shared} {
		all[n] = value[*Session](t)(c.NewSession(Initiator))
	}
	return all
}
