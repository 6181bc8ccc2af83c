// The page: forms in, tables and trees out. What is said of messages comes from the engine.
"use strict";

const $ = (id) => document.getElementById(id);

/** An element with attributes and children; text is never taken for markup. */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== ""));
  return made;
}

const lines = (id) => $(id).value.split("\n").map((line) => line.trim()).filter(Boolean);

// --- Tabs, as the ARIA practices have them ------------------------------------------

const tabs = [...document.querySelectorAll("[role=tab]")];

function choose(tab) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", chosen);
    other.tabIndex = chosen ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = !chosen;
  }
}

for (const [i, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs[to % tabs.length]);
    tabs[to % tabs.length].focus();
  });
}

// --- What came out --------------------------------------------------------------------

function table(caption, heads, rows) {
  return el("div", { class: "scroll" }, el("table", {},
    el("caption", { class: "help" }, caption),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows)));
}

/** The bytes of a part, which a button of its tree marks. */
function part(shown) {
  const bytes = el("div", { class: "bytes", role: "group", "aria-label": `bytes of ${shown.name || "the message"}` });
  const show = (at = 0, length = 0) => {
    const pairs = shown.data.match(/../g) ?? [];
    const text = (from, to) => pairs.slice(from, to).join(" ") + (to > from ? " " : "");
    bytes.replaceChildren(text(0, at), ...(length ? [el("mark", {}, text(at, at + length))] : []), text(at + length, pairs.length));
  };
  const list = (nodes) => el("ul", nodes === shown.nodes ? { class: "tree" } : {}, ...nodes.map((node) => el("li", {},
    el("button", {
      type: "button", title: `bytes ${node.at} to ${node.at + node.length - 1}: show them`, onclick: () => show(node.at, node.length),
    }, node.name), " ", el("span", {}, node.text), " ", el("span", { class: "section" }, node.section ?? ""),
    node.children ? list(node.children) : "")));
  show();
  return [shown.name ? el("h4", {}, `${shown.name}, ${shown.data.length / 2} bytes`) : "",
    shown.data ? bytes : "", list(shown.nodes ?? [])];
}

function step(shown) {
  const open = (shown.messages ?? []).map((message) => el("div", {},
    el("h3", {}, `${message.kind}, ${message.size} bytes `, el("span", { class: "section" }, message.section ?? "")),
    ...message.parts.flatMap(part)));
  if (!open.length && !shown.datagram) return "";
  const coap = shown.datagram ? [el("details", {}, el("summary", {}, "the CoAP message"), ...part(shown.datagram))] : [];
  return el("details", { open: "", id: `step-${shown.step}` },
    el("summary", {}, `Step ${shown.step}: ${shown.label}, ${shown.from} to ${shown.to}`), ...open, ...coap);
}

function report(shown) {
  const ladder = shown.steps.map((s) => el("tr", {},
    el("td", {}, String(s.step)), el("td", {}, s.seconds.toFixed(3)), el("td", {}, s.from),
    el("td", { class: "arrow" }, `── ${s.label}${s.retransmission ? `, again as step ${s.retransmission}` : ""} ─▶`), el("td", {}, s.to), el("td", {}, s.coap ?? "")));
  const findings = shown.findings.map((f) => el("tr", { class: f.severity },
    el("td", { class: "severity" }, f.severity), el("td", {}, el("code", {}, f.name)),
    el("td", {}, f.step ? el("a", { href: `#step-${f.step}` }, `step ${f.step}`) : ""),
    el("td", {}, f.text, " ", f.severity === "note" ? "" : f.advice, " ", el("span", { class: "section" }, f.section ?? ""))));
  const runs = shown.runs.flatMap((r) => [
    el("h3", {}, `Run ${r.run}: ${r.outcome}`),
    el("p", {}, `${r.initiator} is the Initiator, ${r.responder} the Responder. Method ${r.method ?? "unknown"}, suite ${r.suite ?? "unknown"}. Keys: ${r.keys}.`),
    r.values?.length ? el("details", { class: "values" }, el("summary", {}, `${r.values.length} values of the key schedule (secrets)`),
      table(`Values of run ${r.run}`, ["Name", "Value"], r.values.map((v) => el("tr", {}, el("th", { scope: "row" }, v.name), el("td", { class: "value" }, v.value))))) : "",
  ]);
  return [
    ...(shown.notes ?? []).map((note) => el("p", {}, note)),
    el("h2", {}, "Diagnosis"),
    findings.length ? table("What was found", ["Severity", "Name", "Where", "What it means"], findings) : el("p", {}, "Nothing is remarkable."),
    el("h2", {}, "Exchange"),
    shown.steps.length ? table("Who sent what", ["Step", "Seconds", "From", "What", "To", "CoAP"], ladder) : el("p", {}, "There is no EDHOC and no OSCORE here."),
    el("h2", {}, "Runs"), ...runs,
    el("h2", {}, "Messages"), ...shown.steps.filter((s) => !s.retransmission).map(step),
  ];
}

function show(make) {
  $("problem").textContent = "";
  $("result").replaceChildren();
  try {
    $("result").replaceChildren(...make().filter((child) => child !== ""));
    $("result").focus();
  } catch (error) {
    $("problem").textContent = error.message;
  }
}

// --- Forms -------------------------------------------------------------------------------

function credentials() {
  const text = $("credentials").value;
  if (text.includes("-----BEGIN")) return text.split(/(?=-----BEGIN CERTIFICATE)/).filter((s) => s.trim()).map((credential) => ({ credential }));
  return lines("credentials").map((line) => { const [credential, secret = ""] = line.split(/\s+/); return { credential, private: secret }; });
}

function keysGiven() {
  const psks = lines("psks").map((line) => { const [idCred, credI, credR, key = ""] = line.split(":"); return { idCred, credI, credR, key }; });
  const keys = { keyLog: $("key-log").value, ephemeral: lines("ephemeral"), credentials: credentials(), psks };
  if ($("key-update").value.trim()) keys.keyUpdate = $("key-update").value.trim();
  return keys;
}

const sides = ["initiator", "responder"];

function partyForm(side) {
  const field = (name, text, input) => el("p", {}, el("label", { for: `${side}-${name}` }, text), input);
  const options = (pairs) => pairs.map(([value, text]) => el("option", { value }, text));
  const input = (name) => el("input", { id: `${side}-${name}`, spellcheck: "false" });
  return el("fieldset", {}, el("legend", {}, side === "initiator" ? "Initiator" : "Responder"),
    field("type", "Credential", el("select", { id: `${side}-type` }, ...options([["ccs", "CCS, made"], ["x509", "X.509, made"], ["c509", "C509, made"], ["given", "given below"]]))),
    field("id", "Sent as", el("select", { id: `${side}-id` }, ...options([["kid", "kid"], ["value", "the credential itself"], ["hash", "hash of the certificate"]]))),
    field("kid", "kid in hexadecimal", input("kid")),
    el("details", {}, el("summary", {}, "Given values"),
      field("credential", "Credential in hexadecimal or PEM", el("textarea", { id: `${side}-credential`, rows: "3", spellcheck: "false" })),
      field("private", "Its private key in hexadecimal", input("private")),
      field("ephemeral", "Ephemeral private key in hexadecimal; empty: one is made", input("ephemeral")),
      field("cid", `${side === "initiator" ? "C_I" : "C_R"} in hexadecimal; empty: chosen`, input("cid"))));
}

function partyOf(side) {
  const made = {};
  for (const name of ["type", "id", "kid", "credential", "private", "ephemeral", "cid"]) {
    const value = $(`${side}-${name}`).value.trim();
    if (value) made[name] = value;
  }
  return made;
}

function start(lake) {
  const lists = lake.lists();
  $("method").replaceChildren(...lists.methods.map((m) => el("option", { value: m.id }, `${m.id}: ${m.name}`)));
  $("suite").replaceChildren(...lists.suites.map((s) => el("option", { value: s.id }, `${s.id}: ${s.name}`)));
  $("kind").replaceChildren(...lists.keyKinds.map((kind) => el("option", {}, kind)));
  $("method").value = "3";
  $("suite").value = "2";
  $("parties").replaceChildren(...sides.map(partyForm));

  let capture;
  $("capture").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    capture = file ? new Uint8Array(await file.arrayBuffer()) : undefined;
    if (capture) show(() => report(lake.explain(capture, keysGiven())));
  });
  const on = (form, make) => $(form).addEventListener("submit", (event) => { event.preventDefault(); show(make); });
  on("explain-form", () => report(lake.explain($("hex").value.trim() ? $("hex").value : capture ?? "", keysGiven())));
  on("play-form", () => {
    const played = lake.play({
      method: Number($("method").value), suite: Number($("suite").value), message4: $("message4").checked,
      initiator: partyOf("initiator"), responder: partyOf("responder"), psk: { key: $("psk-key").value.trim() },
    });
    const who = sides.map((side) => el("tr", {}, el("th", { scope: "row" }, side), el("td", {}, played[side].identity ?? "a pre-shared key"),
      el("td", { class: "value" }, played[side].credential ?? ""), el("td", { class: "value" }, played[side].private ?? ""), el("td", { class: "value" }, played[side].ephemeral)));
    return [el("h2", {}, "Both sides"), table("Who they are", ["Side", "Identity", "Credential", "Private key", "Ephemeral key"], who),
      el("h3", {}, "Messages in hexadecimal"), el("pre", { class: "bytes", id: "played", style: "white-space: pre-wrap" }, played.messages.join("\n")),
      ...report(played.report)];
  });
  on("keys-form", () => {
    const made = lake.generate({ kind: $("kind").value, type: $("type").value, name: $("name").value, kid: $("kid").value });
    return [el("h2", {}, "Made"), table("A key pair and its credential", ["What", "In hexadecimal"],
      [["private key (secret)", made.private], ["public key", made.public], ["credential", made.credential], ["credential, as CBOR", made.diagnostic]]
        .map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "value" }, value))))];
  });
  $("status").textContent = "Ready.";
}

/** The engine is in the page, compressed, in base64: a page from file:// may not load anything. */
async function engine() {
  const stream = new Blob([inPage("unpacker")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const go = new Go();
  const unpacker = await WebAssembly.instantiate(await new Response(stream).arrayBuffer(), go.importObject);
  go.run(unpacker.instance);
  return lakeUnpack(inPage("engine"));
}

const inPage = (id) => Uint8Array.from(atob($(id).textContent.trim()), (c) => c.charCodeAt(0));

engine().then(startLake).then(start).catch((error) => { $("status").textContent = `The engine could not be started: ${error.message}`; });
