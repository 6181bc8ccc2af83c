package ake

import (
	"errors"
	"slices"
	"testing"
)

// invalidRow is one row of invalid.json.
type invalidRow struct {
	ID          string              `json:"id"`
	Vector      string              `json:"vector"`
	Role        string              `json:"role"`
	Step        int                 `json:"step"`
	Message     hexBytes            `json:"message"`
	FirstFeed   []hexBytes          `json:"first_feed"`
	Rule        string              `json:"rule"`
	Expect      string              `json:"expect"`
	AlsoAllowed []string            `json:"also_allowed"`
	ErrorCodes  []int64             `json:"error_codes"`
	State       map[string]any      `json:"state"`
	After       map[string]hexBytes `json:"after"`
}

// reaction is what a side did with a hostile message.
type reaction struct {
	kind    string // "reject", "abort", "accept"
	code    int64  // of a reject
	atOnce  bool   // the session was ended by the message itself
	process error
}

// TestInvalid plays every row of invalid.json, with pinned credentials and in
// pull mode.
func TestInvalid(t *testing.T) {
	byID, _ := loadVectors(t)
	for _, row := range loadInvalid(t) {
		v := byID[row.Vector]
		if v == nil {
			t.Errorf("%s: no vector %s", row.ID, row.Vector)
			continue
		}
		if !v.played() {
			continue
		}
		t.Run(row.ID, func(t *testing.T) {
			if row.refusedPSK(t, v) {
				return
			}
			for _, m := range row.modes(t, v) {
				d, other := row.start(t, v, m)
				got := row.feed(d)
				if got.kind != row.Expect && !slices.Contains(row.AlsoAllowed, got.kind) {
					t.Fatalf("%s: %s, want %s: %v", row.Rule, got.kind, row.Expect, got.process)
				}
				switch got.kind {
				case "reject":
					// A reaction that is only also allowed has no codes.
					if len(row.ErrorCodes) > 0 && !slices.Contains(row.ErrorCodes, got.code) {
						t.Errorf("%s: error code %d, want one of %v: %v", row.Rule, got.code, row.ErrorCodes, got.process)
					}
				case "accept":
					row.checkAfter(d)
				}
				if got.kind != "accept" && !got.atOnce && len(row.FirstFeed) == 0 {
					t.Error("the run goes on")
				}
				if other.phase.state() == StateFailed {
					t.Error("the other side is ended")
				}
			}
		})
	}
}

// TestInvalidAreAllPlayed counts the rows in the file without the code that
// chooses among them.
func TestInvalidAreAllPlayed(t *testing.T) {
	byID, _ := loadVectors(t)
	want, played := 0, 0
	for _, row := range loadInvalid(t) {
		v := byID[row.Vector]
		if v == nil {
			t.Fatalf("%s: no vector %s", row.ID, row.Vector)
		}
		if v.Method >= 0 && v.Method <= 4 {
			want++
		}
		if v.played() {
			played++
		}
	}
	if want == 0 || played < want {
		t.Fatalf("%d rows are played, the file has %d of methods 0 to 4", played, want)
	}
}

func loadInvalid(t *testing.T) (rows []*invalidRow) {
	t.Helper()
	readJSON(t, "LAKE_INVALID", "invalid.json", &rows)
	return rows
}

// modes are the configurations of the receiver to play the row in.
func (row *invalidRow) modes(t *testing.T, v *vector) []mode {
	modes := []mode{
		{trust: pinned, message4: v.Message4}, {trust: pulled, message4: v.Message4}, {trust: callback, message4: v.Message4},
		{trust: issued, message4: v.Message4},
	}
	for name, value := range row.State {
		switch {
		case name == "trust_any_ccs" && value == true:
			modes = []mode{{trust: anyCCS, message4: v.Message4}}
		case name == "psk_entry" && v.Method == MethodPSK:
			for i := range modes {
				modes[i].psk = v.PSKEntry.merge(t, value)
			}
		default:
			t.Fatalf("unknown state %s: %v", name, value)
		}
	}
	return modes
}

// start brings the receiver of the row before its message.
func (row *invalidRow) start(t *testing.T, v *vector, m mode) (d, other *side) {
	t.Helper()
	i, r := v.side(t, Initiator, m), v.side(t, Responder, mode{trust: pinned, message4: v.Message4})
	d, other = i, r
	if row.Role == "responder" {
		r = v.side(t, Responder, m)
		i = v.side(t, Initiator, mode{trust: pinned, message4: v.Message4})
		d, other = r, i
	} else if row.Role != "initiator" {
		t.Fatalf("unknown role %q", row.Role)
	}
	for n := 1; n < row.Step; n++ {
		from, to := i, r
		if n%2 == 0 {
			from, to = r, i
		}
		to.mustProcess(n, from.prepare(n))
	}
	for _, first := range row.FirstFeed {
		d.mustProcess(row.Step, first)
	}
	return d, other
}

// feed gives the receiver the message of the row, and finds out what it did.
func (row *invalidRow) feed(d *side) reaction {
	d.t.Helper()
	before := d.phase.state()
	err := d.process(row.Step, row.Message)
	if err == nil {
		return reaction{kind: "accept"}
	}
	if !errors.Is(err, ErrState) && d.phase.state() != before && d.phase.state() != StateFailed {
		d.t.Errorf("a message that was refused left the session in %v", d.phase.state())
	}
	got := reaction{kind: "abort", atOnce: d.phase.state() != before, process: err}
	reply, err := d.PrepareError()
	if errors.Is(err, ErrNotFound) {
		return got
	}
	must(d.t, err)
	wantState(d.t, d.Session, StateFailed)
	got.kind = "reject"
	got.code = value[*ErrorMessage](d.t)(ParseErrorMessage(reply)).Code
	return got
}

// checkAfter compares what the receiver computes after a message that it has
// accepted.
func (row *invalidRow) checkAfter(d *side) {
	d.t.Helper()
	if _, ok := row.After["next_message"]; ok {
		d.values["next_message"] = d.prepare(row.Step + 1)
	}
	for name, want := range row.After {
		got, ok := d.values[name]
		if !ok {
			d.t.Errorf("%s was not seen", name)
		}
		wantBytes(d.t, name, got, want)
	}
}
