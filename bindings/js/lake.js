// EDHOC (RFC 9528) as WebAssembly: lake.d.ts has the types and says what the functions do.

export async function startLake(wasm) {
  const go = new Go();
  const made = await WebAssembly.instantiate(wasm, go.importObject);
  go.run(made.instance ?? made); // it runs as long as the page
  const call = (name, argument, binary) => {
    const answer = JSON.parse(lakeCall(name, JSON.stringify(argument), binary));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
  return {
    explain: (input, keys = {}) =>
      typeof input === "string" ? call("explain", { ...keys, hex: input }) : call("explain", keys, input),
    decode: (hex, number = 0, suite) => call("decode", { hex, number, suite }),
    play: (how) => call("play", how),
    generate: (what) => call("generate", what),
    lists: () => call("lists", {}),
  };
}
