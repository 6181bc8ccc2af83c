#!/usr/bin/env python3
"""Where the bytes of liblake.so go, as the table in docs/performance.md.

    size.py <liblake.so>                          prints the table
    size.py <liblake.so> docs/performance.md      is the one there still true, and the library small enough?
    size.py -w <liblake.so> docs/performance.md   writes it there

What belongs to which package is read from the tables that Go's runtime keeps of all
functions (.gopclntab), which a stripped library has, too: for linux/amd64.
"""

import collections
import re
import struct
import sys

LIMIT = 6_700_000
BEGIN, END = "<!-- tools/size.py -->", "<!-- end -->"

# The first that matches the package's path is the row.
ROWS = [
    ("EDHOC: `ake`, COSE, credentials, C509", r"github\.com/liblake/lake/ake(/internal/|$)"),
    ("CoAP, OSCORE, the endpoint", r"github\.com/liblake/lake/ake/"),
    ("the C interface", r"main$"),
    ("CBOR and CoAP libraries", r"github\.com/(fxamacker|plgd-dev|x448)/"),
    ("X.509: `crypto/x509`, RSA, ASN.1, names", r"crypto/(x509|rsa|internal/fips140/(rsa|bigmod))|encoding/|net($|/)|math/big|.*cryptobyte|vendor/"),
    ("curves, hashes, ciphers", r"crypto|hash|filippo\.io/|github\.com/(cloudflare|pion)/|golang\.org/x/"),
    ("text, time, reflection", r"fmt|time|reflect|strings|bytes|strconv|internal/(strconv|reflectlite|fmtsort|abi)|unicode|slices|sort|errors|log|io|os"),
    ("the Go runtime", r""),
]  # fmt: skip


def sections(elf):
    offset, size, count, names = *struct.unpack_from("<Q", elf, 40), *struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, offset + i * size) for i in range(count)]
    text = headers[names][4]
    for name, kind, _, _, start, length in headers:
        label = elf[text + name : elf.index(b"\0", text + name)].decode()
        yield label, start, 0 if kind == 8 else length


def package(function):
    name = re.sub(r"^(type:\.eq\.|go:)", "", function).split("[")[0]
    dot = name.find(".", name.rfind("/") + 1)
    return name[:dot] if dot > 0 else "runtime"


def functions(elf, start, end):
    """Packages with the bytes of their code, and of what the runtime knows about it."""
    magic, _, _, _, pointer, count, _, _, names, units, files, counters, table = struct.unpack_from("<IBBBBQQQQQQQQ", elf, start)
    if magic != 0xFFFFFFF1 or pointer != 8:
        sys.exit(f"size: Go's table of functions has another form than this reads ({magic:x})")
    base = start + table
    entries = [struct.unpack_from("<II", elf, base + 8 * i) for i in range(count)]
    entries.append((struct.unpack_from("<I", elf, base + 8 * count)[0], 0))
    code, known, number = collections.Counter(), collections.Counter(), collections.Counter()
    for (pc, offset), (following, _) in zip(entries, entries[1:]):
        fields = struct.unpack_from("<IiiIIIIIIiBBBB", elf, base + offset)
        name = elf[start + names + fields[1] : elf.index(b"\0", start + names + fields[1])].decode()
        of = package(name)
        number[of] += 1
        code[of] += following - pc
        known[of] += 8 + 44 + 4 * fields[7] + 4 * fields[13] + len(name) + 1
    # Functions share the rest: it is divided as the code is.
    rest = end - start - sum(known.values())
    total = sum(code.values())
    for of in code:
        known[of] += rest * code[of] // total
    return number, code, known


def measure(path):
    with open(path, "rb") as file:
        elf = file.read()
    parts = {name: (start, size) for name, start, size in sections(elf)}
    start, size = parts[".gopclntab"]
    number, code, known = functions(elf, start, start + size)
    rows = {label: [0, 0, 0] for label, _ in ROWS}
    for of in code:
        row = rows[next(label for label, pattern in ROWS if re.match(pattern, of))]
        for i, value in enumerate((number[of], code[of], known[of])):
            row[i] += value
    lines = [(label, *row) for label, row in rows.items()]
    for label, names in (
        ("types, constants, tables of curves", (".rodata", ".data.rel.ro", ".data", ".noptrdata")),
        ("relocations, 24 bytes for each pointer in them", (".rela.dyn", ".rela.plt")),
    ):
        lines.append((label, None, None, sum(parts[name][1] for name in names)))
    accounted = sum((line[2] or 0) + line[3] for line in lines)
    lines.append(("C code, names, headers, alignment", None, None, len(elf) - accounted))
    return lines, len(elf)


def table(lines, total):
    kilo = lambda n: "" if n is None else f"{round(n / 1000):,}"
    text = ["| what | functions | code, kB | tables and data, kB |", "|---|---|---|---|"]
    for label, count, code, data in lines:
        text.append(f"| {label} | {'' if count is None else f'{count:,}'} | {kilo(code)} | {kilo(data)} |")
    text.append(f"| **all** | | | **{kilo(total)}** |")
    return "\n".join(text)


def check(page, made, total):
    if total >= LIMIT:
        sys.exit(f"size: liblake.so has {total:,} bytes, {LIMIT:,} are the limit:\n{made}")
    told = page.split(BEGIN)[1].split(END)[0].strip().splitlines()
    numbers = lambda line: [int(n.replace(",", "")) for n in re.findall(r"(?<![\w.])[\d,]+(?= |\*)", line.split("|", 2)[2])]
    for was, now in zip(told[2:], made.splitlines()[2:], strict=True):
        # Another patch release of Go moves a little.
        same = was.split("|")[1] == now.split("|")[1]
        if not same or any(abs(a - b) > max(10, b // 20) for a, b in zip(numbers(was), numbers(now), strict=True)):
            sys.exit(f"size: docs/performance.md says\n  {was}\nand it is\n  {now}\nWrite it anew: tools/size.py -w")


def main(arguments):
    write = arguments[0] == "-w"
    library, *page = arguments[write:]
    lines, total = measure(library)
    made = table(lines, total)
    if not page:
        print(made)
        return
    with open(page[0]) as file:
        text = file.read()
    if write:
        before, rest = text.split(BEGIN)
        with open(page[0], "w") as file:
            file.write(f"{before}{BEGIN}\n{made}\n{END}{rest.split(END)[1]}")
    else:
        check(text, made, total)


if __name__ == "__main__":
    main(sys.argv[1:])
