package ake

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stateTable is the state machine, written down apart from state.go. Each cell
// is the state after the event: "=" the same one, "." the event is refused. A
// state with a "+" waits for the host's last word on the peer, which has
// authenticated; without it, for the peer's credential.
const stateTable = `
                  make1    read1    make2    read2    make3    read3    make4    read4    continue  finish   proved   error    abort    restart  connection  suite    peer     own      expect   export   update   resumption  ephemeral save
I        START    W2       .        .        .        .        .        .        .        .        .        .        .        F        .        =        =        .        =        =        .        .        =        =         .
I        W2       =        .        .        V2       .        .        .        .        .        .        .        F        F        .        .        .        .        =        =        .        .        .        =         F
I        P2       .        .        .        .        .        .        .        .        V2       .        .        F        F        .        .        .        =        =        =        .        .        .        .         .
I        P2+      .        .        .        .        .        .        .        .        V2       .        .        F        F        .        .        .        .        =        .        .        .        .        .         .
I        V2       .        .        .        .        W4       .        .        .        .        .        .        F        F        .        .        .        .        =        .        .        .        .        .         .
I        W4       .        .        .        .        =        .        .        C        .        C        C        F        F        .        .        .        .        .        .        =        .        .        .         F
I        P4       .        .        .        .        .        .        .        .        C        .        .        F        F        .        .        .        .        .        .        =        .        .        .         .
I        C        .        .        .        .        .        .        .        .        .        .        =        .        .        .        .        .        .        .        .        =        =        .        .         =
I        F        .        .        .        .        .        .        .        .        .        .        .        .        .        START    .        .        .        .        .        .        .        .        .         .
R        START    .        R1       .        .        .        .        .        .        .        .        .        .        F        .        =        .        .        =        =        .        .        .        .         .
R        P1       .        .        .        .        .        .        .        .        R1       .        .        .        F        .        =        .        .        =        =        .        .        .        .         .
R        R1       .        .        W3       .        .        .        .        .        .        .        .        .        F        .        =        .        .        =        =        .        .        .        =         .
R        W3       .        .        =        .        .        V3       .        .        .        .        .        F        F        .        .        .        .        .        =        .        .        .        .         F
R        P3       .        .        .        .        .        .        .        .        V3       .        .        F        F        .        .        .        =        .        =        .        .        .        .         .
R        P3+      .        .        .        .        .        .        .        .        V3       .        .        F        F        .        .        .        .        .        .        .        .        .        .         .
R        V3       .        .        .        .        .        .        C        .        .        C        .        .        F        .        .        .        .        .        .        =        .        .        .         .
R        C        .        .        .        .        .        .        =        .        .        .        .        .        .        .        .        .        .        .        .        =        =        .        .         =
R        F        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .        .         .
`

// stateCodes are the names of the states in the table.
var stateCodes = map[string]State{
	"START": StateStart, "W2": StateWait2, "P2": StatePending2, "V2": StateVerified2, "W4": StateWait4, "P4": StatePending4,
	"P1": StatePending1, "R1": StateReceived1, "W3": StateWait3, "P3": StatePending3, "V3": StateVerified3,
	"C": StateCompleted, "F": StateFailed, "P2+": StatePending2, "P3+": StatePending3,
}

var roleCodes = map[string]Role{"I": Initiator, "R": Responder}

// stateVector has critical EAD in message_1 and message_4, and credentials
// that the host of a pull mode has to bring: with it, a session waits for a
// decision at every message. The Initiator supports another cipher suite, too.
func stateVector(t *testing.T) *vector {
	t.Helper()
	byID, _ := loadProjectVectors(t)
	v := byID["m3-s3"]
	v.adjust = func(c *hostConfig) { c.Suites = []int{3, 2} }
	return v
}

// drive makes the next step towards completion, as the states ask for it.
func (d *side) drive(v *vector) {
	d.t.Helper()
	received := func(n int) { d.mustProcess(n, v.values[fmt.Sprintf("message_%d", n)]) }
	resume := func(n int) {
		if err := d.answer(n); err != nil {
			d.t.Fatalf("answering in %v: %v", d.phase.state(), err)
		}
		must(d.t, d.Continue())
	}
	switch d.phase.state() {
	case StateStart:
		if d.role == Initiator {
			d.prepare(1)
		} else {
			received(1)
		}
	case StateWait2:
		received(2)
	case StateVerified2:
		wantBytes(d.t, "message_3", d.prepare(3), v.values["message_3"])
	case StateWait4:
		received(4)
	case StateReceived1:
		wantBytes(d.t, "message_2", d.prepare(2), v.values["message_2"])
	case StateWait3:
		received(3)
	case StateVerified3:
		wantBytes(d.t, "message_4", d.prepare(4), v.values["message_4"])
	default:
		resume(pendingMessageOf[d.phase.state()])
	}
}

// answer makes the decision that message n waits for.
func (d *side) answer(n int) error {
	if n == 2 || n == 3 {
		if d.phase.(pending).judgement().verified == nil {
			if err := d.answerCredential(); err != nil {
				return err
			}
		}
		if err := d.Continue(); err == nil || StatusOf(err) != PendingEAD {
			return fmt.Errorf("resuming with the credential gives %v, want the question about EAD", err)
		}
	}
	return d.answerEADs(n)
}

// showPeer answers for the peer's credential, so that the peer itself is what
// waits for a decision.
func (d *side) showPeer() {
	d.t.Helper()
	d.party.pull |= PullPeer
	must(d.t, d.answerCredential())
	wantStatus(d.t, "resuming with the credential", d.Continue(), PendingPeer)
}

// at brings a side of the state vector into a state.
func at(t *testing.T, v *vector, role Role, state State) *side {
	t.Helper()
	d := v.side(t, role, mode{trust: pulled})
	if state == StateFailed {
		if role == Responder {
			must(t, d.Abort())
			return d
		}
		d.prepare(1)
		wantStatus(t, "error 2", d.ProcessError([]byte{2, 2}), ErrPeerSuite)
		return d
	}
	for d.phase.state() != state {
		if n := pendingMessageOf[state]; n != 0 && d.phase.state() == beforePending[n] {
			_, process := d.calls(n)
			if err := process(v.values[fmt.Sprintf("message_%d", n)]); !StatusOf(err).Pending() {
				t.Fatalf("message_%d: %v, want a pending status", n, err)
			}
			break
		}
		d.drive(v)
	}
	wantState(t, d.Session, state)
	return d
}

var pendingMessageOf = map[State]int{StatePending1: 1, StatePending2: 2, StatePending3: 3, StatePending4: 4}

var beforePending = map[int]State{1: StateStart, 2: StateWait2, 3: StateWait3, 4: StateWait4}

// event calls the method of an event, with arguments that are good.
func (d *side) event(name string, v *vector) error {
	number := int(name[len(name)-1] - '0')
	connection := v.CI
	if d.role == Responder {
		connection = v.CR
	}
	var err error
	switch name {
	case "make1", "make2", "make3", "make4":
		prepare, _ := d.calls(number)
		_, err = prepare()
	case "read1", "read2", "read3", "read4":
		return d.process(number, v.values[fmt.Sprintf("message_%d", number)])
	case "continue":
		return d.Continue()
	case "proved":
		return d.PeerProved()
	case "finish":
		return d.CompleteWithoutMessage4()
	case "error":
		if err = d.ProcessError([]byte{1, 0x61, 'x'}); StatusOf(err) == ErrPeerUnspecified {
			return nil
		}
	case "abort":
		return d.Abort()
	case "restart":
		return d.Restart()
	case "connection":
		return d.SetConnectionID(connection)
	case "suite":
		return d.SelectSuite(v.Suite)
	case "peer":
		return d.SetPeerCredential(d.peerParty.credential(d.t))
	case "own":
		own := &v.PartyI
		if d.role == Responder {
			own = &v.PartyR
		}
		return d.SetOwnCredential(own.ownCredential(d.t))
	case "expect":
		return d.ExpectPeer(NameKey, hex.EncodeToString(d.peerParty.PK))
	case "export":
		_, err = d.Export(v.ExporterLabel, v.ExporterContext, v.ExporterLength)
	case "update":
		return d.KeyUpdate(v.KeyUpdateContext)
	case "resumption":
		return d.useResumption()
	case "ephemeral":
		_, public, failed := GenerateKey(KeyP256)
		must(d.t, failed)
		_, err = d.EphemeralECDH(public)
	case "save":
		_, err = d.Save(blobKey)
	default:
		d.t.Fatalf("unknown event %q", name)
	}
	return err
}

// TestStates goes through all of the table: with every event in every state of
// both roles.
func TestStates(t *testing.T) {
	v := stateVector(t)
	lines := strings.Split(strings.TrimSpace(stateTable), "\n")
	events := strings.Fields(lines[0])
	states := len(transitions[Initiator]) + len(transitions[Responder])
	if len(events) != int(numberOfEvents) || len(lines)-1 != states+2 { // P2+ and P3+
		t.Fatalf("the table has %d events and %d states", len(events), len(lines)-1)
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		if len(cells) != 2+len(events) {
			t.Fatalf("%d cells in the row %q", len(cells), line)
		}
		role, state := roleCodes[cells[0]], stateCodes[cells[1]]
		t.Run(cells[0]+cells[1], func(t *testing.T) {
			reach := func() *side {
				d := at(t, v, role, state)
				if strings.HasSuffix(cells[1], "+") {
					d.showPeer()
				}
				return d
			}
			patient := reach() // goes through all that is refused
			for column, event := range events {
				switch result := cells[2+column]; result {
				case ".":
					patient.refuses(event, v)
				case "=":
					allowed(t, reach(), event, v, state)
				default:
					allowed(t, reach(), event, v, stateCodes[result])
				}
			}
			patient.completes(v)
		})
	}
}

func allowed(t *testing.T, d *side, event string, v *vector, want State) {
	t.Helper()
	if event == "continue" {
		must(t, d.answer(pendingMessageOf[d.phase.state()]))
	}
	if err := d.event(event, v); err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	wantState(t, d.Session, want)
	info := d.Info()
	if info.State != want || info.Complete != (want == StateCompleted) {
		t.Errorf("after %s: %+v", event, info)
	}
}

func (d *side) refuses(event string, v *vector) {
	d.t.Helper()
	before := d.phase.state()
	wantStatus(d.t, event, d.event(event, v), ErrState)
	wantState(d.t, d.Session, before)
}

// completes finishes the run, with the right keys. A run that was ended stays
// so.
func (d *side) completes(v *vector) {
	d.t.Helper()
	if d.phase.state() == StateFailed {
		if keysOf(d).prkOut != nil || keysOf(d).prkExporter != nil || keysOf(d).ephemeral != nil {
			d.t.Error("secrets are left")
		}
		return
	}
	for d.phase.state() != StateCompleted {
		d.drive(v)
	}
	d.finish(v)
	for _, name := range []string{"oscore_master_secret", "exporter_output", "keyupdate_prk_out"} {
		wantBytes(d.t, name, d.values[name], v.values[name])
	}
}

// TestAddEADStates has the messages to which EAD can still be added in each
// state; all else is refused.
func TestAddEADStates(t *testing.T) {
	const table = `
I START 1 3
I W2 3
I P2 3
I V2 3
I W4
I P4
I C
I F
R START 2 4
R P1 2 4
R R1 2 4
R W3 4
R P3 4
R V3 4
R C
R F`
	v := stateVector(t)
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		cells := strings.Fields(line)
		for n := range 6 {
			d := at(t, v, roleCodes[cells[0]], stateCodes[cells[1]])
			err := d.AddEAD(n, EADItem{Label: 7})
			if padding := d.AddPadding(n, 5); StatusOf(padding) != StatusOf(err) {
				t.Errorf("%s: AddEAD(%d) gives %v, AddPadding %v", line, n, err, padding)
			}
			own := n == 1 || n == 3
			if d.role == Responder {
				own = n == 2 || n == 4
			}
			switch {
			case slices.Contains(cells[2:], fmt.Sprint(n)):
				wantStatus(t, fmt.Sprintf("%s: AddEAD(%d)", line, n), err, OK)
			case own:
				wantStatus(t, fmt.Sprintf("%s: AddEAD(%d)", line, n), err, ErrState)
			default:
				wantStatus(t, fmt.Sprintf("%s: AddEAD(%d)", line, n), err, ErrArgument)
			}
		}
	}
}

// TestResumeUnanswered: the question stays as long as it is not answered, but
// for EAD: what nobody has accepted by then is refused.
func TestResumeUnanswered(t *testing.T) {
	v := stateVector(t)
	for role, state := range map[Role]State{Initiator: StatePending2, Responder: StatePending3} {
		d := at(t, v, role, state)
		for range 3 {
			wantStatus(t, "resuming", d.Continue(), PendingCredential)
			wantState(t, d.Session, state)
		}
		wantStatus(t, "EAD", d.AcceptEAD(pendingMessageOf[state], 0), ErrState)
		d.completes(v)
	}
	for role, state := range map[Role]State{Initiator: StatePending4, Responder: StatePending1} {
		d := at(t, v, role, state)
		n := pendingMessageOf[state]
		wantStatus(t, "an item that is not there", d.AcceptEAD(n, 99), ErrNotFound)
		wantStatus(t, "an item of another message", d.AcceptEAD(n+1, 0), ErrState)
		if role == Initiator {
			wantStatus(t, "the peer", d.SetPeerCredential(d.peerParty.credential(t)), ErrState)
		}
		wantStatus(t, "resuming", d.Continue(), ErrEADCritical)
		wantState(t, d.Session, StateFailed)
		reply := value[[]byte](t)(d.PrepareError())
		if e := value[*ErrorMessage](t)(ParseErrorMessage(reply)); e.Code != 1 {
			t.Errorf("error code %d", e.Code)
		}
	}
}

// TestRestartRefused: only a run that ended with a refused suite begins anew.
func TestRestartRefused(t *testing.T) {
	v := stateVector(t)
	for name, end := range map[string]func(*side){
		"aborted":           func(d *side) { must(t, d.Abort()) },
		"closed":            func(d *side) { d.Close() },
		"error 1":           func(d *side) { _ = d.ProcessError([]byte{1, 0x60}) },
		"error 3":           func(d *side) { _ = d.ProcessError([]byte{3, 0xf5}) },
		"closed after that": func(d *side) { _ = d.ProcessError([]byte{2, 2}); d.Close() },
		"a bad message_2": func(d *side) {
			_ = d.ProcessMessage2(v.values["message_4"])
			_, _ = d.PrepareError()
		},
	} {
		d := at(t, v, Initiator, StateWait2)
		end(d)
		wantState(t, d.Session, StateFailed)
		wantStatus(t, name, d.Restart(), ErrState)
	}
	// Too late: message_2 was verified.
	d := at(t, v, Initiator, StateVerified2)
	wantStatus(t, "error 2", d.ProcessError([]byte{2, 2}), ErrPeerOther)
	wantStatus(t, "restarting", d.Restart(), ErrState)
}

// TestRestartAfterQuestions: asking for an error message in between, of which
// there is none, does not take the restart away.
func TestRestartAfterQuestions(t *testing.T) {
	d := at(t, stateVector(t), Initiator, StateFailed)
	_, err := d.PrepareError()
	wantStatus(t, "an error message", err, ErrNotFound)
	wantStatus(t, "message_2", d.ProcessMessage2(nil), ErrState)
	must(t, d.Restart())
	wantState(t, d.Session, StateStart)
}

// TestNothingSentAfterwards: a Responder that completed without message_4 does
// not make one, nor gives out message_2 in its place.
func TestNothingSentAfterwards(t *testing.T) {
	d := at(t, stateVector(t), Responder, StateVerified3)
	must(t, d.CompleteWithoutMessage4())
	out, err := d.PrepareMessage4()
	wantStatus(t, "message_4 afterwards", err, ErrState)
	if out != nil {
		t.Errorf("it gives %x", out)
	}
}

// TestStateNames: every state and event has its own name.
func TestStateNames(t *testing.T) {
	seen := make(map[string]bool)
	for state := State(1); state <= numberOfStates; state++ {
		seen[state.String()] = true
	}
	for ev := event(0); ev < numberOfEvents; ev++ {
		seen[ev.String()] = true
	}
	if len(seen) != numberOfStates+int(numberOfEvents) || seen[""] {
		t.Errorf("the names are %v", seen)
	}
	for _, outside := range []State{0, -1, numberOfStates + 1} {
		if outside.String() != "unknown state" {
			t.Errorf("state %d is called %v", outside, outside)
		}
	}
}
