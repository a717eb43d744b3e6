"""What the popular story says of practice: rituals and their cues, a little every day, and what rewiring leaves."""

from rpe.claims import practice_rules as rules
from rpe.claims.claim import Claim

__all__ = ["CLAIMS"]

CLAIMS = (
    Claim(
        "P1",
        "A habit holds to its place: move house, and it goes",
        "Students who changed university kept those habits whose circumstances stayed alike [provisional]",
        "Wood, Tam & Witt 2005, doi:10.1037/0022-3514.88.6.918",
        "holds where a new place takes more than half of what a paid time has left of a ritual, in the first week "
        "without pay; over ways to bind cues, habits, noise, days, and what rituals are worth",
        rules.moving,
        ("rituals",),
        "That habits hold to cues, and how the place weighs among them",
    ),
    Claim(
        "P2",
        "Stack a new habit on an old one",
        "People flossed more often where it came after brushing than before it [provisional]; no study was found that "
        "sets an old habit against a set hour",
        "Judah, Gardner & Aunger 2013, doi:10.1111/j.2044-8287.2012.02086.x",
        "holds where a ritual planned right after an old one is done on .02 more of the days than one planned for a "
        "set hour, three weeks or more after pay for it ended; over the same family",
        rules.stacking,
        ("rituals",),
        "That the set hour comes on every day, and what came before is a cue",
    ),
    Claim(
        "P3",
        "A little every day rewires more than a lot at once",
        "Facts learned with a gap were remembered better up to a gap that grew with the delay of the test, in over "
        "1,350 people [verified, abstract]; no study was found of practice that dopamine teaches",
        "Cepeda et al. 2008, doi:10.1111/j.1467-9280.2008.02209.x",
        "holds where as many trials over several days leave clearly more (by .02 of the way to the exact optimum, and "
        "beyond 1.96 standard errors) than within one day; over breaks, gaps, what nights fix and lose, D1 and D2 "
        "plasticity and numbers of goals",
        rules.spaced,
        ("spacing",),
        "That nights fix a share of what the day changed, and lose some of the rest",
    ),
    Claim(
        "P4",
        "What is rewired stays",
        "Spines that dopamine enlarged were followed for less than an hour, in slices [provisional]; no study was "
        "found that follows them over weeks",
        "Yagishita et al. 2014, doi:10.1126/science.1255514",
        "holds where clearly more than half (beyond 1.96 standard errors) of what was gained is left after a break "
        "without practice; over breaks of a week and more, and the same family",
        rules.left,
        ("spacing",),
        "What nights fix and lose",
    ),
)


def __dir__() -> list[str]:
    return __all__
