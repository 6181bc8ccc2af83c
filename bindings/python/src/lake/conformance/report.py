"""What came of the tests: for people in a terminal and a browser, and as JUnit XML for machines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from .case import Result, Seen, Verdict

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #1b1b1b }
summary { cursor: pointer } code, td.hex { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2em .6em }
.pass { color: #0b6623 } .fail { color: #a30000; font-weight: bold } .advice { color: #7a4b00 } .skip { color: #595959 }
"""


def line(result: Result) -> str:
    """A result in a line, and why below it."""
    head = f"{result.verdict.value:6}  {result.case.group}: {result.case.name}  ({result.case.section})"
    wanted = f"\n        {result.case.text}\n        {result.reason}"
    return head + (wanted if result.verdict in (Verdict.FAIL, Verdict.ADVICE) else "")


def counts(results: Iterable[Result]) -> str:
    """How many of each verdict.

    >>> from lake.conformance.report import counts
    >>> counts([])
    '0 pass, 0 fail, 0 advice, 0 skip'
    """
    found = Counter(result.verdict for result in results)
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in Verdict)


def junit(results: Sequence[Result], path: Path, device: str) -> None:
    """Writes JUnit XML. A SHOULD that is not met is no failure there, but a line of its output."""
    found = Counter(result.verdict for result in results)
    suite = ET.Element(
        "testsuite", name=f"EDHOC conformance of {device}", tests=str(len(results)), errors="0",
        failures=str(found[Verdict.FAIL]), skipped=str(found[Verdict.SKIP]),
        time=f"{sum(result.seconds for result in results):.3f}",
    )  # fmt: skip
    for result in results:
        case = ET.SubElement(
            suite, "testcase", name=result.case.name, classname=f"{result.case.group} ({result.case.section})",
            time=f"{result.seconds:.3f}",
        )  # fmt: skip
        if result.verdict is Verdict.FAIL:
            ET.SubElement(case, "failure", message=_xml(result.reason)).text = _xml(result.case.text)
        elif result.verdict is Verdict.SKIP:
            ET.SubElement(case, "skipped", message=_xml(result.reason))
        told = [f"advice: {result.reason}"] if result.verdict is Verdict.ADVICE else []
        ET.SubElement(case, "system-out").text = _xml("\n".join(told + [_told(seen) for seen in result.seen]))
    tree = ET.ElementTree(suite)
    ET.indent(tree)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def html(results: Sequence[Result], path: Path, device: str) -> None:
    """Writes a page: a table of all tests, each with its messages."""
    page = ET.Element("html", lang="en")
    head = ET.SubElement(page, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "title").text = f"EDHOC conformance of {device}"
    ET.SubElement(head, "style").text = _STYLE
    body = ET.SubElement(page, "body")
    ET.SubElement(body, "h1").text = f"EDHOC conformance of {device}"
    ET.SubElement(body, "p").text = counts(results)
    table = ET.SubElement(body, "table")
    _row(table, "th", "verdict", "section", "what is demanded", "messages")
    for result in results:
        row = _row(table, "td", result.verdict.value, f"{result.case.section} ({result.case.level.value})", "", "")
        row[0].set("class", result.verdict.value)
        row[2].text = f"{result.case.group}: {result.case.text}"
        if result.reason:
            ET.SubElement(row[2], "br").tail = _xml(result.reason)
        _messages(row[3], result.seen)
    path.write_text("<!doctype html>\n" + ET.tostring(page, encoding="unicode", method="html"), encoding="utf-8")


def _row(table: ET.Element, kind: str, *texts: str) -> ET.Element:
    row = ET.SubElement(table, "tr")
    for text in texts:
        ET.SubElement(row, kind).text = _xml(text)
    return row


def _messages(cell: ET.Element, seen: Sequence[Seen]) -> None:
    details = ET.SubElement(cell, "details")
    ET.SubElement(details, "summary").text = str(len(seen))
    table = ET.SubElement(details, "table")
    for one in seen:
        row = _row(table, "td", f"{one.at:.3f} s", "sent" if one.sent else "received", one.summary, one.data.hex())
        row[3].set("class", "hex")


def _told(seen: Seen) -> str:
    return f"{seen.at:8.3f} {'->' if seen.sent else '<-'} {seen.summary}\n           {seen.data.hex()}"


def _xml(text: str) -> str:
    """Text that XML can hold: a device says what it likes."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
