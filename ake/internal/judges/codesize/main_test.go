package main

import "testing"

func TestR28_CodeSize(t *testing.T) {
	t.Chdir("..") // where the programs are found
	if err := run("../../../docs/performance.md", false); err != nil {
		t.Error(err)
	}
}

func TestNear(t *testing.T) {
	const row = "| EDHOC | 3760 | 420 |"
	for other, want := range map[string]bool{
		row: true, "| EDHOC | 3460 | 450 |": true, "| EDHOC | 3760 | 520 |": false, "| DTLS | 3760 | 420 |": false,
	} {
		if near(row, other) != want {
			t.Errorf("%s: near is %t", other, !want)
		}
	}
}
