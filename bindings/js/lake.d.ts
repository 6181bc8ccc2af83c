// The types of lake.js: EDHOC (RFC 9528) as WebAssembly, for who tests devices.
// Bytes are hexadecimal text wherever they are not a Uint8Array.

export type Hex = string;

/** A range of bytes of its Part and what it means. */
export interface Node { name: string; at: number; length: number; text: string; section?: string; children?: Node[] }

/** A piece of bytes with its tree: what came, or what was decrypted of it. */
export interface Part { name: string; data: Hex; nodes: Node[] | null }

export interface Message { kind: string; number?: number; size: number; section?: string; parts: Part[] }

export interface Step {
  step: number; frame?: number; seconds: number; from: string; to: string; run?: number;
  /** The step that this one is a copy of. */
  retransmission?: number;
  coap?: string; label: string; datagram?: Part; messages?: Message[];
}

export interface Run {
  run: number; method?: string; suite?: string; initiator: string; responder: string;
  c_i?: Hex; c_r?: Hex; reverse?: boolean; keys: string; outcome: string;
  /** The key schedule as far as keys go, by the names of RFC 9528. These are secrets. */
  values?: { name: string; value: Hex }[];
}

export interface Finding {
  name: string; severity: "error" | "warning" | "note"; step: number; run?: number;
  text: string; advice: string; section?: string;
}

export interface Report { steps: Step[]; runs: Run[]; findings: Finding[]; others?: number; notes?: string[] }

/** A credential in hexadecimal (X.509 in DER, CCS, CWT, C509) or PEM. */
export interface Credential { credential: string; private?: Hex }

export interface PSK { idCred: Hex; credI: Hex; credR: Hex; key?: Hex }

export interface Keys {
  /** Lines of Wireshark's tables edhoc_secrets and oscore_contexts. */
  keyLog?: string;
  ephemeral?: Hex[];
  credentials?: Credential[];
  psks?: PSK[];
  /** The context of EDHOC_KeyUpdate, whose results are among the values then. */
  keyUpdate?: Hex;
}

export interface Party {
  /** Default "ccs". "given": credential and private are. */
  type?: "ccs" | "x509" | "c509" | "given";
  /** How it is named: default as the credential itself says. */
  id?: "kid" | "value" | "hash";
  kid?: Hex; credential?: string; private?: Hex;
  /** The ephemeral private key; one is made if there is none. */
  ephemeral?: Hex;
  /** C_I or C_R. */
  cid?: Hex;
}

export interface Play {
  method: number; suite: number; message4?: boolean; initiator?: Party; responder?: Party;
  psk?: Partial<PSK>; keyUpdate?: Hex;
}

export interface PlayedSide { credential?: Hex; private?: Hex; ephemeral: Hex; identity?: string }

export interface Played { messages: Hex[]; report: Report; initiator: PlayedSide; responder: PlayedSide; psk?: PSK }

export interface Generated { private: Hex; public: Hex; credential: Hex; diagnostic: string }

export interface Lists {
  methods: { id: number; name: string; signatureI?: boolean; signatureR?: boolean }[];
  suites: { id: number; name: string; curve: string; signature: string }[];
  keyKinds: string[];
  findings: string[];
}

/** The engine. Every function throws an Error whose message is for people. */
export interface Lake {
  /** Tells what passed: of messages in hexadecimal, one a line, or of a capture (pcap, pcapng). */
  explain(input: string | Uint8Array, keys?: Keys): Report;
  /** Takes one message apart; number and suite as far as they are known. */
  decode(message: Hex, number?: number, suite?: number): { message: Message; findings: Finding[] | null; text: string };
  /** Runs both sides, and explains what they sent with all keys. */
  play(how: Play): Played;
  /** Makes a key pair and a credential of it. */
  generate(what: { kind: string; type?: "ccs" | "x509" | "c509"; name: string; kid?: Hex }): Generated;
  lists(): Lists;
}

/** Starts the engine. Go's wasm_exec.js has to be loaded before. One engine serves a page. */
export function startLake(wasm: BufferSource | WebAssembly.Module): Promise<Lake>;
