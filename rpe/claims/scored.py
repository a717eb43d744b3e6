"""The scorecard as facts: which signals reproduce what was recorded from dopamine neurons."""

from rpe import scorecard
from rpe._checks import Seed, generator
from rpe.experiments.tidy import tidy
from rpe.table import Table
from rpe.theories import TD, Salience

__all__ = ["NAME", "OMISSION", "SIGNED", "table"]

NAME = "scorecard"
OMISSION = "A02"
# Recorded from single dopamine neurons or as axioms of their signal; each has a sign in its criterion.
SIGNED = ("A02", "A05", "A07", "B01", "B02", "C05", "C08")
_NOVELTY = (0.0, 0.2)


def table(size: str, rng: Seed = None) -> Table:
    """Return verdicts: salience and a signed error on findings with a sign, and all theories on the omission dip.

    Columns: claim ("salience", "signed error", "dip"), theory, novelty, finding, verdict and the lowest error at an
    omission in uncued rewards.
    """
    n_seeds = 10 if size == "full" else 2
    first, second = generator(rng).spawn(2)
    theories = {f"salience, b = {b:g}": Salience(novelty=b) for b in _NOVELTY} | {"TD(0)": TD(trace_decay=0.0)}
    signed = scorecard.run(theories, SIGNED, n_seeds=n_seeds, rng=first)
    rows = []
    for theory, finding, verdict in zip(
        *(signed.table[name] for name in ("theory", "finding", "verdict")), strict=True
    ):
        salient = theory.startswith("salience")
        novelty = float(theory.rpartition(" ")[2]) if salient else float("nan")
        claim = "salience" if salient else "signed error"
        rows.append({"claim": claim, "theory": theory, "novelty": novelty, "finding": finding, "verdict": verdict})
    dip = scorecard.run(None, [OMISSION], n_seeds=n_seeds, rng=second)
    numbers = dip.numbers
    lowest = {
        theory: mean
        for theory, number, mean in zip(numbers["theory"], numbers["number"], numbers["mean"], strict=True)
        if number == "lowest"
    }
    for theory, verdict in zip(dip.table["theory"], dip.table["verdict"], strict=True):
        about = {"claim": "dip", "theory": theory, "finding": OMISSION, "verdict": verdict}
        rows.append({**about, "lowest": lowest[theory]} if theory in lowest else about)
    return tidy(rows)


def __dir__() -> list[str]:
    return __all__
