"""The page of figures: every claim with its verdict, beside the experiment that shows it."""

from collections.abc import Mapping
from html import escape

from rpe import plots
from rpe._shown import few
from rpe.claims.claim import BUILT_IN, FAILS, HOLDS, UNTESTED, Claim, Judged, kind
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
_SIGNS = {HOLDS: "✓", FAILS: "✗", "depends": "◐", BUILT_IN: "⌂", UNTESTED: "–"}


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
    first = {name: (*claims[name].experiments, "")[0] for name in judged}
    for experiment in dict.fromkeys(first.values()):
        members = [name for name in judged if first[name] == experiment]
        parts.append(f"<h2>{escape(experiment.replace('_', ' ')) or 'Without an experiment'}</h2>")
        parts.append("<dl>" + "".join(_entry(claims[name], judged[name]) for name in members) + "</dl>")
        if experiment in reports:
            parts.append(_report(reports[experiment]))
    others = [name for name in reports if name not in first.values()]
    for experiment in others:
        parts += [f"<h2>{escape(experiment.replace('_', ' '))}</h2>", _report(reports[experiment])]
    return "\n".join([*parts, "</body></html>", ""])


def _entry(claim: Claim, found: Judged) -> str:
    """A claim: what the models do, what studies found, and what is built in, apart."""
    lines = {
        "Models": _models(claim, found),
        "Studies": f"{claim.studies}. {claim.source}",
        "Built in": claim.built_in,
        "Rule": claim.rule,
    }
    said = "".join(f"<br><span class='rule'>{name}: {escape(text)}.</span>" for name, text in lines.items() if text)
    return (
        f"<dt>{claim.id} {escape(claim.text)}</dt>"
        f"<dd>{_SIGNS[kind(found.verdict)]} <b>{escape(found.verdict)}</b>{said}</dd>"
    )


def _models(claim: Claim, found: Judged) -> str:
    text = found.meaning if found.number != found.number else f"{found.meaning}: {few(found.number)}"
    if found.share is None:
        return text
    part, read = found.share, ", ".join(claim.experiments)
    on = f", depending on {', '.join(part.depends_on)}" if part.depends_on else ""
    other = f"; the opposite in {found.reversed:.0%}" if found.reversed > 0.05 else ""
    return (
        f"holds in {part.holds} of {part.n} settings of {read}, {part.share:.0%} ({part.low:.0%} to "
        f"{part.high:.0%}){on}{other}; {text}"
    )


def _report(report: Report) -> str:
    shown = plots.picture(report.figures[""], report.sentences[0], dpi=90)._repr_html_()
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.sentences)
    return f"{shown}<details><summary>What the experiment showed</summary><ul>{sentences}</ul></details>"


def __dir__() -> list[str]:
    return __all__
