"""Choice error of the best option: the response at a free choice is that to the better one, whatever is chosen."""

from rpe.scorecard.finding import Finding
from rpe.scorecard.findings.chosen_value import ask


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["from the best, worse chosen"] < 0.1


FINDING = Finding(
    id="E04",
    title="Choice-time error reflects the best option (Q)",
    paper="Roesch, Calu & Schoenbaum 2007",
    published="Response at free-choice odour equals the better option whatever is chosen",
    criterion="|D(choice)-D(best)|<0.1U even when worse is chosen",
    passes="Q-learning",
    fails="SARSA",
    expected_to_pass=("Q-learning",),
    expected_to_fail=("SARSA",),
    status="from memory; conflicts with E03 by design",
    holds=holds,
    effect="from the best, worse chosen",
    ask=ask,
)
