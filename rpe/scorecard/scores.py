"""Scores of theories on findings, as a matrix and as tidy tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rpe._checks import choice
from rpe.table import Table

_COLUMNS = (
    "verdict",
    "effect",
    "expected",
    "n_passed",
    "n_seeds",
    "best_published",
    "best_published_set",
    "free_parameters",
    "error",
)


@dataclass(frozen=True)
class Score:
    """What one theory did on one finding.

    Attributes
    ----------
    verdict : str
        "PASS", "FAIL", "MIXED", "N.A." (the theory has no such quantity) or "ERROR".
    effect : float
        Mean over seeds of the number that the finding reports.
    n_passed, n_seeds : int
        Seeds in which the criterion held, and how many there were.
    numbers : dict
        Means over seeds of all numbers of the criterion.
    error : str
        What went wrong, if anything.
    best_published, best_published_set : str
        Best verdict of all published parameters of the theory, and their name; "default" for those
        that it has anyway. Empty if it was not asked for.
    free_parameters : int
        How many free parameters the theory states; −1 if it does not state them.
    expected : str
        "PASS" or "FAIL" where the finding says what is expected of the theory, otherwise empty.
    """

    verdict: str
    effect: float
    n_passed: int
    n_seeds: int
    numbers: dict[str, float]
    error: str = ""
    best_published: str = ""
    best_published_set: str = ""
    free_parameters: int = -1
    expected: str = ""


@dataclass(frozen=True)
class Scorecard:
    """Scores of theories on findings.

    Attributes
    ----------
    theories, findings : tuple of str
        Names and ids, in order.
    scores : dict
        `Score` by (theory, finding).
    seed : int or None
        The seed, if it was a number.
    facts : dict
        What each finding states in words (title, paper, criterion and so on), by id.

    Examples
    --------
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.TD(trace_decay=0.0)], ["A01"], n_seeds=1, rng=0)
    >>> card.theories, card.table["verdict"].tolist()
    (('TD(0), serial compound',), ['PASS'])
    """

    theories: tuple[str, ...]
    findings: tuple[str, ...]
    scores: Mapping[tuple[str, str], Score]
    seed: int | None
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Scorecard of {len(self.theories)} theories on {len(self.findings)} findings\n{self}"

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the findings by id."""
        return {finding: facts["title"] for finding, facts in self.facts.items()}

    @property
    def table(self) -> Table:
        """One row per theory and finding: verdict, effect, what was expected, and all else of its score."""
        keys = self._keys()
        return Table(
            {
                "theory": [theory for theory, _ in keys],
                "finding": [finding for _, finding in keys],
                **{name: [getattr(self.scores[key], name) for key in keys] for name in _COLUMNS},
            },
            self._about(),
        )

    @property
    def numbers(self) -> Table:
        """One row per theory, finding and number of its criterion: the mean over seeds."""
        rows = [(*key, name, value) for key in self._keys() for name, value in self.scores[key].numbers.items()]
        columns = zip(*rows, strict=True) if rows else ((), (), (), ())
        theories, findings, names, means = (list(column) for column in columns)
        texts = {"theory": theories, "finding": findings, "number": names}
        return Table(
            {name: np.array(values, dtype=np.str_) for name, values in texts.items()}
            | {"mean": np.array(means, dtype=np.float64)},
            self._about(),
        )

    @property
    def matrix(self) -> npt.NDArray[np.str_]:
        """The verdicts, (n_theories, n_findings)."""
        return np.array([[self.scores[theory, each].verdict for each in self.findings] for theory in self.theories])

    @property
    def letters(self) -> list[list[str]]:
        """The verdicts as `rpe.plots.scorecard_matrix` takes them, one letter each; – is not applicable."""
        return [["–" if verdict == "N.A." else str(verdict)[0] for verdict in line] for line in self.matrix]

    @property
    def information(self) -> Table:
        """How much each finding tells of theories: the entropy of its verdicts, in bits, the most telling first.

        Cells where the finding does not apply are left out; a row that all pass, or all fail, has 0 bits.
        """
        bits = [_entropy(column[column != "N.A."]) for column in self.matrix.T]
        order = sorted(range(len(bits)), key=lambda row: -bits[row])
        names, values = [self.findings[row] for row in order], [bits[row] for row in order]
        return Table({"finding": names, "bits": np.array(values)}, self._about())

    def distance(self, one: str, other: str) -> float:
        """Return the share of findings that apply to both on which two theories differ; NaN without any.

        Raises
        ------
        ValueError
            For a theory that is not on the card.
        """
        rows = [self.matrix[self.theories.index(choice("theory", name, self.theories))] for name in (one, other)]
        both = (rows[0] != "N.A.") & (rows[1] != "N.A.")
        return float((rows[0] != rows[1])[both].mean()) if both.any() else float("nan")

    @property
    def distances(self) -> Table:
        """How far apart each two theories are (`distance`), the closest first; only pairs with a row in common."""
        pairs = [(one, other) for i, one in enumerate(self.theories) for other in self.theories[i + 1 :]]
        found = sorted(
            ((self.distance(*pair), *pair) for pair in pairs if not np.isnan(self.distance(*pair))),
            key=lambda each: each[0],
        )
        return Table(
            {
                "one": np.array([each[1] for each in found], dtype=np.str_),
                "other": np.array([each[2] for each in found], dtype=np.str_),
                "distance": np.array([each[0] for each in found], dtype=np.float64),
            },
            self._about(),
        )

    def differences(self) -> Table:
        """Return the rows whose verdict is not the expected one."""
        table = self.table
        return table.where((table["expected"] != "") & (table["verdict"] != table["expected"]))

    def __str__(self) -> str:
        width = max(map(len, self.theories))
        lines = [" " * width + "  " + " ".join(self.findings)]
        for theory, letters in zip(self.theories, self.letters, strict=True):
            cells = [each.replace("–", "-").center(len(row)) for each, row in zip(letters, self.findings, strict=True)]
            lines.append(f"{theory:<{width}}  {' '.join(cells)}".rstrip())
        return "\n".join([*lines, "P pass, F fail, M mixed, - not applicable, E error"])

    def _keys(self) -> list[tuple[str, str]]:
        return [(theory, finding) for theory in self.theories for finding in self.findings]

    def _about(self) -> dict[str, object]:
        return {"seed": self.seed, "findings": {name: dict(facts) for name, facts in self.facts.items()}}


def _entropy(verdicts: npt.NDArray[np.str_]) -> float:
    """Entropy of how often each verdict was given, bits."""
    _, counts = np.unique(verdicts, return_counts=True)
    share = counts / max(counts.sum(), 1)
    return abs(float(-(share * np.log2(share)).sum()))
