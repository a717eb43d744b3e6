"""Claims of popular texts on dopamine and micro wins, judged by experiments.

=================================  ============================================================
what you want                      what to call
=================================  ============================================================
which claims there are             `CLAIMS`, by id
judge them                         `run()`, or `run(["B3"], size="quick")`; a `ClaimsTable`
the verdicts as columns            `run(…).table`
files: table, figure and page      `write(table, "results")`
=================================  ============================================================
"""

from rpe.claims.claim import Claim, Facts, Judged
from rpe.claims.run import CLAIMS, ClaimsTable, figure, run, write

__all__ = ["CLAIMS", "Claim", "ClaimsTable", "Facts", "Judged", "figure", "run", "write"]


def __dir__() -> list[str]:
    return __all__
