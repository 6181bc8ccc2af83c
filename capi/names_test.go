package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

// The tables of names.h are C, so that they work after fork; here they are held
// against the engine, which has the same figures.

func TestNamesAreThoseOfTheEngine(t *testing.T) {
	var suites, methods, states []string
	for _, id := range ake.Suites() {
		info, _ := ake.Suite(id)
		suites = append(suites, row(id, info.Name))
	}
	for _, info := range ake.Methods() {
		methods = append(methods, row(int(info.Method), info.Name))
	}
	for state := ake.StateStart; state <= ake.StateFailed; state++ {
		states = append(states, row(int(state), state.String()))
	}
	for table, want := range map[string][]string{
		"LAKEC_SUITES": suites, "LAKEC_METHODS": methods, "LAKEC_STATES": states,
	} {
		if got := rows(t, table); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s is\n%s\nwant\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestHeaderHasTheNumbersOfTheEngine(t *testing.T) {
	frozen := readFile(t, "abi/types.txt") // which are those of the header: the CTest abi_frozen
	want := map[string]int{
		"INITIATOR": int(ake.Initiator), "RESPONDER": int(ake.Responder),
		"KEY_P256": int(ake.KeyP256), "KEY_P384": int(ake.KeyP384), "KEY_X25519": int(ake.KeyX25519),
		"KEY_X448": int(ake.KeyX448), "KEY_ED25519": int(ake.KeyEd25519), "KEY_ED448": int(ake.KeyEd448),
		"CREDENTIAL_CCS": int(ake.CredentialCCS), "CREDENTIAL_X509": int(ake.CredentialX509), "CREDENTIAL_PARTS": int(ake.CredentialParts),
		"CREDENTIAL_C509": int(ake.CredentialC509), "CREDENTIAL_CWT": int(ake.CredentialCWT), "CREDENTIAL_PSK": int(ake.CredentialPSK),
		"ID_KID": int(ake.IDKid), "ID_KCWT": int(ake.IDKcwt), "ID_KCCS": int(ake.IDKccs), "ID_C5T": int(ake.IDC5T), "ID_C5U": int(ake.IDC5U),
		"ID_C5B": int(ake.IDC5B), "ID_C5C": int(ake.IDC5C), "ID_X5BAG": int(ake.IDX5Bag), "ID_X5CHAIN": int(ake.IDX5Chain),
		"ID_X5T": int(ake.IDX5T), "ID_X5U": int(ake.IDX5U), "ID_C5T_SHA256": int(ake.IDC5TSHA256), "ID_X5T_SHA256": int(ake.IDX5TSHA256),
		"PEER_PINNED": int(ake.PolicyPinned), "PEER_X509": int(ake.PolicyX509), "PEER_CALLBACK": int(ake.PolicyCallback),
		"PEER_LEARN": int(ake.PolicyLearn), "PEER_ANY_INSECURE": int(ake.PolicyAnyInsecure),
		"PULL_CREDENTIAL": int(ake.PullCredential), "PULL_EAD": int(ake.PullEAD), "PULL_PEER": int(ake.PullPeer),
		"RENEWAL_NONE": int(ake.AdviceContinue), "RENEWAL_KEY_UPDATE": int(ake.AdviceKeyUpdate), "RENEWAL_NEW_RUN": int(ake.AdviceNewRun),
		"NEXT_NOTHING": int(ake.NextNothing), "NEXT_DECIDE": int(ake.NextDecide),
		"NEXT_PREPARE_MESSAGE_1": int(ake.NextPrepare1), "NEXT_PROCESS_MESSAGE_1": int(ake.NextProcess1),
		"NEXT_PREPARE_MESSAGE_2": int(ake.NextPrepare2), "NEXT_PROCESS_MESSAGE_2": int(ake.NextProcess2),
		"NEXT_PREPARE_MESSAGE_3": int(ake.NextPrepare3), "NEXT_PROCESS_MESSAGE_3": int(ake.NextProcess3),
		"NEXT_PREPARE_MESSAGE_4": int(ake.NextPrepare4), "NEXT_PROCESS_MESSAGE_4": int(ake.NextProcess4),
	}
	for state := ake.StateStart; state <= ake.StateFailed; state++ {
		want["STATE_"+state.String()] = int(state)
	}
	for name, number := range want {
		if !strings.Contains(frozen, fmt.Sprintf("\nconstant LAKE_%s\t%d\n", name, number)) {
			t.Errorf("LAKE_%s is not %d in the header", name, number)
		}
	}
}

func row(number int, name string) string { return fmt.Sprintf("X(%d, %q)", number, name) }

// rows returns the rows of a table of names.h.
func rows(t *testing.T, table string) []string {
	t.Helper()
	_, rest, found := strings.Cut(readFile(t, "names.h"), "#define "+table+"(X)")
	if !found {
		t.Fatalf("names.h lacks %s", table)
	}
	rest, _, _ = strings.Cut(rest, "\n\n")
	return regexp.MustCompile(`X\(\d+, "[^"]*"\)`).FindAllString(rest, -1)
}
