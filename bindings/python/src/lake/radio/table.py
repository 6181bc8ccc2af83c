"""A table, for the terminal, for programs, and for pages."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Value = str | int | float | bool
"""What is in a field; inf is for what does not happen."""


@dataclass
class RadioTable:
    """Rows under names of columns, with what has to be known about them.

    >>> table = lake.radio.table.RadioTable('sizes', ('what', 'bytes'), [('message_1', 37)])
    >>> print(table.text())
    sizes
    <BLANKLINE>
    what       bytes
    message_1     37
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """For the terminal.

        >>> print(lake.radio.table.RadioTable('none', ('what',), []).text())
        none
        <BLANKLINE>
        what
        """
        cells = [self.columns, *([shown(value) for value in row] for row in self.rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(self.columns))]
        right = [all(not isinstance(row[column], str) for row in self.rows) for column in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.rjust(width) if numbers and self.rows else cell.ljust(width)
                for cell, width, numbers in zip(line, widths, right, strict=True)
            ).rstrip()
            for line in cells
        ]
        return "\n".join([self.title, "", *lines, *([""] if self.notes else []), *self.notes])

    def markdown(self) -> str:
        """For a page, without the title.

        >>> print(lake.radio.table.RadioTable('', ('what', 'bytes'), [('message_1', 37)]).markdown())
        | what | bytes |
        |---|---|
        | message_1 | 37 |
        """
        lines = [self.columns, *([shown(value) for value in row] for row in self.rows)]
        made = ["| " + " | ".join(line) + " |" for line in lines]
        return "\n".join([made[0], "|" + "---|" * len(self.columns), *made[1:]])

    def json(self) -> str:
        """For programs: a list of objects; what does not happen is null.

        >>> lake.radio.table.RadioTable('', ('what', 'bytes'), [('message_1', 37)]).json()
        '[{"what": "message_1", "bytes": 37}]'
        """
        rows = [
            dict(zip(self.columns, (None if value == math.inf else value for value in row), strict=True))
            for row in self.rows
        ]
        return json.dumps(rows)

    def csv(self) -> str:
        """The same with commas.

        >>> lake.radio.table.RadioTable('', ('what', 'bytes'), [('message_1', 37)]).csv().splitlines()
        ['what,bytes', 'message_1,37']
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(("" if value == math.inf else value for value in row) for row in self.rows)
        return out.getvalue()


def shown(value: Value) -> str:
    """A value for people: three digits that count, but no digit of a large number is left out.

    >>> [lake.radio.table.shown(value) for value in (4.112256, 0.05, 1234.5, float('inf'), True)]
    ['4.11', '0.05', '1234', 'never', 'yes']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value == math.inf:
            return "never"
        digits = 2 if value == 0 else min(max(2 - math.floor(math.log10(abs(value))), 0), 6)
        made = f"{value:.{digits}f}"
        return made.rstrip("0").rstrip(".") if "." in made else made
    return str(value)
