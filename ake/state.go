package ake

// Role is the side of the protocol.
type Role int32

// The roles of RFC 9528.
const (
	Initiator Role = 1
	Responder Role = 2
)

func (r Role) other() Role { return Initiator + Responder - r }

// String returns "initiator" or "responder".
func (r Role) String() string {
	switch r {
	case Initiator:
		return "initiator"
	case Responder:
		return "responder"
	}
	return "unknown role"
}

// State is where a Session stands.
type State int32

// The states. RFC 9528 appendix I has an example of a state machine; this one
// adds the states in which the host has to decide something.
const (
	StateStart      State = 1  // nothing was sent or received
	StateWait2      State = 2  // Initiator: message_1 prepared, message_2 expected
	StatePending2   State = 3  // Initiator: message_2 waits for a decision of the host
	StateVerified2  State = 4  // Initiator: message_2 verified, message_3 to be prepared
	StateWait4      State = 5  // Initiator: message_3 prepared, keys usable, message_4 may come
	StatePending4   State = 6  // Initiator: message_4 waits for a decision of the host
	StatePending1   State = 7  // Responder: message_1 waits for a decision of the host
	StateReceived1  State = 8  // Responder: message_1 accepted, message_2 to be prepared
	StateWait3      State = 9  // Responder: message_2 prepared, message_3 expected
	StatePending3   State = 10 // Responder: message_3 waits for a decision of the host
	StateVerified3  State = 11 // Responder: message_3 verified, keys usable, message_4 may be prepared
	StateCompleted  State = 12 // the run is over, keys usable
	StateFailed     State = 13 // the run was ended
	numberOfStates        = 13
	numberOfRoles         = 2
	stateKeep       State = 0  // in the table: the event is allowed and changes nothing
	stateNotAllowed State = -1 // never in the table; the answer for what is not there
)

var stateNames = [...]string{
	StateStart: "START", StateWait2: "WAIT_MESSAGE_2", StatePending2: "PENDING_MESSAGE_2",
	StateVerified2: "VERIFIED_MESSAGE_2", StateWait4: "WAIT_MESSAGE_4", StatePending4: "PENDING_MESSAGE_4",
	StatePending1: "PENDING_MESSAGE_1", StateReceived1: "RECEIVED_MESSAGE_1", StateWait3: "WAIT_MESSAGE_3",
	StatePending3: "PENDING_MESSAGE_3", StateVerified3: "VERIFIED_MESSAGE_3",
	StateCompleted: "COMPLETED", StateFailed: "FAILED",
}

// String returns the name of the state, for example "WAIT_MESSAGE_2".
func (s State) String() string {
	if s < 1 || s > numberOfStates {
		return "unknown state"
	}
	return stateNames[s]
}

// event is what a host asks of a Session.
type event int

const (
	evPrepare1 event = iota
	evProcess1
	evPrepare2
	evProcess2
	evPrepare3
	evProcess3
	evPrepare4
	evProcess4
	evContinue      // after a pending status
	evComplete      // CompleteWithoutMessage4
	evPeerProved    // PeerProved
	evProcessError  // an error message arrived
	evAbort         // the host ends the run
	evRestart       // a new run: with another cipher suite, or without resumption
	evSetConnection // SetConnectionID
	evSetSuite      // SelectSuite
	evSetPeer       // SetPeerCredential
	evSetOwn        // SetOwnCredential
	evExpect        // ExpectPeer
	evExport        // Export, OSCOREContext
	evKeyUpdate
	evUseResumption
	evEphemeral // EphemeralECDH
	evSave
	numberOfEvents
)

var eventNames = [...]string{
	"preparing message_1", "processing message_1", "preparing message_2", "processing message_2",
	"preparing message_3", "processing message_3", "preparing message_4", "processing message_4",
	"continuing", "completing without message_4", "saying that the peer proved itself", "processing an error message", "aborting",
	"restarting", "setting the connection identifier", "selecting the cipher suite",
	"setting the peer's credential", "setting the own credential", "saying who is expected", "exporting keys", "updating keys",
	"using a resumption key", "using the ephemeral key", "saving",
}

func (e event) String() string { return eventNames[e] }

// opens reports whether the event brings something of the peer.
func (e event) opens() bool {
	switch e {
	case evProcess1, evProcess2, evProcess3, evProcess4, evPeerProved:
		return true
	}
	return false
}

// endsRun reports whether the run is over when the event fails (RFC 9528 section 9:
// a message that fails in any step aborts the session).
func (e event) endsRun() bool { return e.opens() || e == evContinue || e == evProcessError }

// answersPeer reports whether the event makes an answer to a message of the peer:
// where that cannot be made, an error message is the answer.
func (e event) answersPeer() bool {
	switch e {
	case evPrepare2, evPrepare3, evPrepare4:
		return true
	}
	return false
}

// answers reports whether this side has been sent something that it has not
// answered: then, and only then, an error message can be an answer.
func (s State) answers() bool {
	switch s {
	case StatePending1, StateReceived1, StatePending2, StateVerified2, StatePending3, StateVerified3, StatePending4:
		return true
	}
	return false
}

// transitions is the state machine: the state after an event that succeeded.
// What is not here is not allowed. Besides, an event that fails for good leads
// to StateFailed, and one that needs a decision of the host to a pending state.
//
// A prepare event is also allowed right after itself: it gives the same bytes.
// Saving a half-open run ends it here: it lives on in what was saved.
var transitions = map[Role]map[State]map[event]State{
	Initiator: {
		StateStart: {evSetOwn: stateKeep, evExpect: stateKeep, evPrepare1: StateWait2, evAbort: StateFailed, evSetConnection: stateKeep, evSetSuite: stateKeep,
			evUseResumption: stateKeep, evEphemeral: stateKeep},
		StateWait2:     {evSetOwn: stateKeep, evExpect: stateKeep, evPrepare1: stateKeep, evProcess2: StateVerified2, evProcessError: StateFailed, evAbort: StateFailed, evEphemeral: stateKeep, evSave: StateFailed},
		StatePending2:  {evSetOwn: stateKeep, evExpect: stateKeep, evContinue: StateVerified2, evSetPeer: stateKeep, evProcessError: StateFailed, evAbort: StateFailed},
		StateVerified2: {evSetOwn: stateKeep, evPrepare3: StateWait4, evProcessError: StateFailed, evAbort: StateFailed},
		StateWait4: {evPrepare3: stateKeep, evProcess4: StateCompleted, evComplete: StateCompleted, evPeerProved: StateCompleted,
			evProcessError: StateFailed, evAbort: StateFailed, evExport: stateKeep, evSave: StateFailed},
		StatePending4:  {evContinue: StateCompleted, evProcessError: StateFailed, evAbort: StateFailed, evExport: stateKeep},
		StateCompleted: {evExport: stateKeep, evKeyUpdate: stateKeep, evSave: stateKeep, evPeerProved: stateKeep},
		StateFailed:    {evRestart: StateStart},
	},
	Responder: {
		StateStart:     {evSetOwn: stateKeep, evExpect: stateKeep, evProcess1: StateReceived1, evAbort: StateFailed, evSetConnection: stateKeep},
		StatePending1:  {evSetOwn: stateKeep, evExpect: stateKeep, evContinue: StateReceived1, evSetConnection: stateKeep, evAbort: StateFailed},
		StateReceived1: {evSetOwn: stateKeep, evExpect: stateKeep, evPrepare2: StateWait3, evSetConnection: stateKeep, evEphemeral: stateKeep, evAbort: StateFailed},
		StateWait3:     {evExpect: stateKeep, evPrepare2: stateKeep, evProcess3: StateVerified3, evProcessError: StateFailed, evAbort: StateFailed, evSave: StateFailed},
		StatePending3:  {evExpect: stateKeep, evContinue: StateVerified3, evSetPeer: stateKeep, evProcessError: StateFailed, evAbort: StateFailed},
		StateVerified3: {evPrepare4: StateCompleted, evComplete: StateCompleted, evAbort: StateFailed, evExport: stateKeep},
		StateCompleted: {evPrepare4: stateKeep, evExport: stateKeep, evKeyUpdate: stateKeep, evSave: stateKeep},
		StateFailed:    {},
	},
}

// after returns the state after an event, or stateNotAllowed.
func after(role Role, state State, ev event) State {
	next, ok := transitions[role][state][ev]
	switch {
	case !ok:
		return stateNotAllowed
	case next == stateKeep:
		return state
	}
	return next
}

// Next is what a Session expects of the host.
type Next int32

// What can be next.
const (
	NextNothing  Next = 0 // the run is over
	NextPrepare1 Next = 1
	NextProcess1 Next = 2
	NextPrepare2 Next = 3
	NextProcess2 Next = 4
	NextPrepare3 Next = 5
	NextProcess3 Next = 6
	NextPrepare4 Next = 7 // or complete without it, if it is not required
	NextProcess4 Next = 8 // the same
	NextDecide   Next = 9 // a pending status has to be answered, then continue
)

var nexts = map[State]Next{
	StateWait2: NextProcess2, StateVerified2: NextPrepare3, StateWait4: NextProcess4,
	StateReceived1: NextPrepare2, StateWait3: NextProcess3, StateVerified3: NextPrepare4,
	StatePending1: NextDecide, StatePending2: NextDecide, StatePending3: NextDecide, StatePending4: NextDecide,
}

func next(role Role, state State) Next {
	if state == StateStart {
		if role == Initiator {
			return NextPrepare1
		}
		return NextProcess1
	}
	return nexts[state]
}
