"""How a table shows itself: at a prompt, in a notebook, and in a paper."""

import sys
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import count, text

_ROWS, _WIDTH = 6, 32
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def as_text(columns: Mapping[str, npt.NDArray[Any]], n_rows: int) -> str:
    """Return how many rows and columns there are, and the first rows below each other."""
    blocks = [[name, *_cells(values[:_ROWS])] for name, values in columns.items()]
    widths = [max(map(len, block)) for block in blocks]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*blocks, strict=True)
    ]
    more = [f"... {n_rows - _ROWS} more"] if n_rows > _ROWS else []
    return "\n".join([_title(n_rows, len(columns)), *lines, *more])


def as_html(columns: Mapping[str, npt.NDArray[Any]], n_rows: int) -> str:
    """Return the same as a table in HTML."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = zip(*(_cells(values[:_ROWS]) for values in columns.values()), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    more = f" (the first {_ROWS} are shown)" if n_rows > _ROWS else ""
    caption = f"<caption>{_title(n_rows, len(columns))}{more}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def as_latex(columns: Mapping[str, npt.NDArray[Any]], digits: int, caption: str, label: str) -> str:
    """Return all rows in LaTeX; see `Table.to_latex`."""
    digits, caption, label = count("digits", digits), text("caption", caption), text("label", label)
    aligned = "".join("l" if values.dtype.kind == "U" else "r" for values in columns.values())
    cells = [[_latex(cell) for cell in _cells(values, digits, "--", width=sys.maxsize)] for values in columns.values()]
    rows = [" & ".join(row) + r" \\" for row in zip(*cells, strict=True)]
    head = " & ".join(map(_latex, columns)) + r" \\"
    lines = [rf"\begin{{tabular}}{{{aligned}}}", r"\toprule", head, r"\midrule", *rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if caption or label:
        above = [rf"\caption{{{_latex(caption)}}}"] if caption else []
        above += [rf"\label{{{label}}}"] if label else []
        lines = [r"\begin{table}", r"\centering", *above, *lines, r"\end{table}"]
    return "\n".join(lines)


def _title(n_rows: int, n_columns: int) -> str:
    rows, columns = (f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((n_rows, "row"), (n_columns, "column")))
    return f"Table of {rows} and {columns}"


def _cells(values: npt.NDArray[Any], digits: int = 4, missing: str = "nan", width: int = _WIDTH) -> list[str]:
    """The values as text on one line, real numbers to so many significant digits, long text cut."""
    if values.dtype.kind == "f":
        return [missing if np.isnan(value) else f"{value:.{digits}g}" for value in values.tolist()]
    texts = [" ".join(str(value).split()) for value in values.tolist()]
    return [text if len(text) <= width else f"{text[: width - 1]}…" for text in texts]


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
