"""The page of figures: every claim with its verdict, beside the experiment that shows it."""

from collections.abc import Mapping
from html import escape

from rpe import plots
from rpe.claims.claim import Claim, Judged
from rpe.experiments import Report

__all__ = ["page"]

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Claims about dopamine and micro wins</title>
<style>
body { font-family: sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em; color: #262626; line-height: 1.4; }
dt { font-weight: bold; margin-top: 0.8em; } dd { margin-left: 1.5em; } .rule { color: #555; font-size: 0.9em; }
img { max-width: 100%; } summary { cursor: pointer; }
</style></head><body>
<h1>Claims about dopamine and micro wins</h1>
"""
_SIGNS = {"supported": "✓", "contradicted": "✗", "not testable here": "–"}


def page(
    claims: Mapping[str, Claim], judged: Mapping[str, Judged], reports: Mapping[str, Report], about: str, counted: str
) -> str:
    """Return the page as HTML: one section for each experiment, with its claims, figure and sentences.

    Parameters
    ----------
    claims, judged : mapping
        By id; those judged are on the page.
    reports : mapping of str to rpe.experiments.Report
        By experiment.
    about, counted : str
        How the numbers came about, and how many claims have which verdict.
    """
    parts = [_HEAD, f"<p>{escape(about)}</p><p>{escape(counted)}</p>"]
    for experiment in dict.fromkeys(claims[name].experiment for name in judged):
        members = [name for name in judged if claims[name].experiment == experiment]
        parts.append(f"<h2>{escape(experiment.replace('_', ' ')) or 'Without an experiment'}</h2>")
        parts.append("<dl>" + "".join(_entry(claims[name], judged[name]) for name in members) + "</dl>")
        if experiment in reports:
            parts.append(_report(reports[experiment]))
    return "\n".join([*parts, "</body></html>", ""])


def _entry(claim: Claim, found: Judged) -> str:
    sign = _SIGNS.get(found.verdict, "◐")
    number = "" if found.number != found.number else f": {found.number:.3g}"
    rule = f"<br><span class='rule'>{escape(claim.rule)}. {escape(claim.source)}</span>"
    return (
        f"<dt>{claim.id} {escape(claim.text)}</dt><dd>{sign} <b>{escape(found.verdict)}</b> "
        f"({escape(found.meaning)}{number}){rule}</dd>"
    )


def _report(report: Report) -> str:
    shown = plots.picture(report.figures[""], report.sentences[0], dpi=90)._repr_html_()
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.sentences)
    return f"{shown}<details><summary>What the experiment showed</summary><ul>{sentences}</ul></details>"


def __dir__() -> list[str]:
    return __all__
