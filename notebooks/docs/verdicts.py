"""The table behind the verdicts on the pages of theories, made of a run of the scorecard.

`rpe scorecard --seeds 10 --seed 0 --out results` runs all theories on all findings, and goes on where it was ended;
`python notebooks/docs/verdicts.py results` writes `verdicts.csv`.

A theory that is new or changed since the run may be run alone (`--theory`, another directory) and named after it: a
cell does not depend on what else is run, and what comes later counts.
"""

import csv
import io
import sys
from pathlib import Path

import rpe

TARGET = Path(__file__).with_name("verdicts.csv")
COLUMNS = ("theory", "finding", "verdict", "expected", "n_seeds")


def write(results: Path, *more: Path, target: Path = TARGET) -> None:
    """Write the verdicts of a finished run, or of several, of all theories on all findings.

    Raises
    ------
    ValueError
        For a run that is not of all theories and findings as they are now.
    OSError
        If there is no run, or the table cannot be written.
    """
    cards = [rpe.table.read(each / "scorecard.csv") for each in (results, *more)]
    told = [row for card in cards for row in zip(*(card[name].tolist() for name in COLUMNS), strict=True)]
    rows = list({row[:2]: row for row in told}.values())
    wanted = {(theory, finding) for theory in rpe.scorecard.theories() for finding in rpe.scorecard.finding_ids()}
    if missing := wanted - {row[:2] for row in rows}:
        raise ValueError(f"results must hold all theories and findings; got none for {len(missing)}: {min(missing)}")
    if gone := {row[:2] for row in rows} - wanted:
        raise ValueError(f"results must hold theories and findings that there are; got {min(gone)}")
    order = {theory: place for place, theory in enumerate(rpe.scorecard.theories())}
    rows.sort(key=lambda row: order[row[0]])
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    # What is expected may have been said anew since the run, and verdicts stay the same.
    out.writerows([*row[:3], rpe.scorecard.expected(*row[:2]), row[4]] for row in rows)
    target.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python notebooks/docs/verdicts.py RESULTS ..., directories of `rpe scorecard --out RESULTS`")
    write(*map(Path, sys.argv[1:]))
    print(f"wrote {TARGET}")
