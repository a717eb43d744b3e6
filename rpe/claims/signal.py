"""What the popular story says of dopamine: anticipation, completion, the steady drip, receptors, addiction."""

from rpe.claims.claim import CONTRADICTED, SUPPORTED, Claim, Facts, Judged, either, mixed, untested

__all__ = ["CLAIMS"]

_WINS = "largest later error, last trial"


def _anticipation(facts: Facts) -> Judged:
    slope = facts.value("slope, progress unseen (per s)", theory="TD(0)")
    others = [abs(x) > 0.02 for x in facts.values("slope, progress seen (per s)")]
    return mixed(
        abs(slope) > 0.02, any(others), "progress to see, or decay of values", slope, "slope of the error while waiting"
    )


def _completion(facts: Facts) -> Judged:
    late = facts.value(_WINS, n_wins=1, trace_decay=0.0, part="certain")
    return either(late > 0.05, late, "error at an expected completion")


def _drip(facts: Facts) -> Judged:
    most = int(max(map(float, facts.by("n_wins", _WINS, trace_decay=0.0, part="certain"))))
    late = facts.value(_WINS, n_wins=most, trace_decay=0.0, part="certain")
    uncertain = facts.values("mean", part="uncertain")
    return either(late > 0.01 or max(map(abs, uncertain)) > 0.02, late, f"largest error at {most} expected wins")


def _unexpected(facts: Facts) -> Judged:
    spread = max(facts.values("deviation", part="uncertain"))
    mean = max(map(abs, facts.values("mean", part="uncertain")))
    return mixed(mean > 0.02, spread > 0.02, "chance: as many dips as bursts", spread, "SD of errors at uncertain wins")


def _exponential(facts: Facts) -> Judged:
    grows = facts.value("growth per dose", account="no drug effect")
    surge = facts.value("growth per dose", account="surge")
    return mixed(
        grows > 1e-3,
        surge > 1e-3,
        "an error that nothing predicts away (and then linear)",
        grows,
        "late growth of value per reward",
    )


def _wanting(facts: Facts) -> Judged:
    wanted, liked = (facts.values(name) for name in ("wanting", "liking"))
    apart = max(wanted) - min(wanted) > 0.5 > max(liked) - min(liked)
    rules = [
        facts.value("reproduced", rule=rule, finding="salt cue")
        * facts.value("reproduced", rule=rule, finding="amphetamine")
        for rule in ("multiplicative", "additive")
    ]
    return mixed(
        apart and any(rules),
        apart,
        "which finding: no single rule for κ fits both",
        sum(rules),
        "rules that fit salt and amphetamine",
    )


def _dips(facts: Facts) -> Judged:
    dips = facts.values("omission: lowest error")
    return either(max(dips) < -0.1, max(dips), "shallowest dip over representations (rewards)")


def _density(facts: Facts) -> Judged:
    d1, d2 = (
        facts.value("share effortful", receptor=kind, density=1.3)
        - facts.value("share effortful", receptor=kind, density=0.7)
        for kind in ("D1", "D2")
    )
    return mixed(
        min(d1, d2) > 0.02,
        max(d1, d2) > 0.02,
        "which receptor: D1 and D2 act oppositely",
        d1,
        "change of effortful choices, D1",
    )


def _far_goals(facts: Facts) -> Judged:
    late, early = (
        facts.value("procrastination index", discounting="hyperbolic", foresight="naive", effort="as reward", arm=arm)
        for arm in ("one goal", "micro wins")
    )
    patient = facts.value("procrastination index", discounting="none", arm="one goal")
    return mixed(
        patient > 0.5,
        late - early > 0.02,
        "discounting; that neurons over seconds explain months is analogy",
        late - early,
        "index, far goal less near ones",
    )


def _quick_hits(facts: Facts) -> Judged:
    d = facts.value("effect of chance", agent="learner")
    return either(d > 0.2, d, "effect of unpredictable distraction on delay (Cohen's d)")


def _rewiring(facts: Facts) -> Judged:
    drops = [facts.by("n_choices", "drop", agent=agent) for agent in ("habit", "no habit")]
    habit, plain = (by_length[max(by_length)] for by_length in drops)
    return mixed(
        False,
        plain - habit > 0.2,
        "repetition: habit strength, not reward, is what stays",
        plain - habit,
        "drop after devaluation, without less with a habit",
    )


def _crowding(facts: Facts) -> Judged:
    d = facts.value("effect size", pay="engagement")
    return either(d > 0, d, "d of engagement-contingent pay on later free choice")


def _excess(facts: Facts) -> Judged:
    blocked = facts.value("blocked over control", account="surge")
    return either(blocked < 0.5, blocked, "V(X) blocked over control under a surge (animals: below .5)")


def _wellbeing(facts: Facts) -> Judged:
    spared = [
        facts.value("fatigue at work", arm="one goal", paid_at=when, coupling=0)
        - facts.value("fatigue at work", arm="micro wins", paid_at=when, coupling=0)
        for when in ("once", "the deadline")
    ]
    return mixed(min(spared) > 0.3, max(spared) > 0.3, "when pay comes", spared[0], "fatigue spared, pay at once")


CLAIMS = (
    Claim(
        "D1",
        "Anticipation triggers dopamine, and that is the prediction error",
        "Schultz, Dayan & Montague 1997, doi:10.1126/science.275.5306.1593; Mikhael et al. 2022",
        "ramps",
        "supported if the error of plain TD ramps while waiting for a certain reward; depends if other accounts ramp",
        _anticipation,
    ),
    Claim(
        "D2",
        "Completion triggers dopamine, whatever its size",
        "Ribas-Fernandes et al. 2011, doi:10.1016/j.neuron.2011.05.042 (not shown in dopamine neurons)",
        "micro_win_errors",
        "supported if an expected completion still has an error above 5 % of the budget",
        _completion,
    ),
    Claim(
        "D3",
        "Ticking an item off gives a measurable boost",
        "no measurement in a person exists",
        "",
        "not testable: nobody has measured it",
        untested("no recording of dopamine at a tick in a person"),
    ),
    Claim(
        "D4",
        "Frequent micro wins give a steady drip of dopamine",
        "identity: the errors of a trial add up to its return less what was expected",
        "micro_win_errors",
        "supported if expected wins, certain or not, keep errors above 1 to 2 % of the budget on average",
        _drip,
    ),
    Claim(
        "D5",
        "Unexpected micro wins produce positive errors",
        "identity: Σ p(1 − p); variable-ratio schedules",
        "micro_win_errors",
        "supported if errors at uncertain wins are positive on average; depends if they only scatter",
        _unexpected,
    ),
    Claim(
        "D6",
        "Motivation grows exponentially, like a snowball",
        "Rescorla & Wagner 1972 (saturation); Redish 2004, doi:10.1126/science.1102384 (linear)",
        "addiction",
        "supported if value goes on growing without a drug; depends if only under a surge",
        _exponential,
    ),
    Claim(
        "D7",
        "Dopamine is wanting, not liking",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8; Zhang et al. 2009",
        "wanting_liking",
        "supported if wanting parts from liking and one rule for κ fits both findings; depends if it only parts",
        _wanting,
    ),
    Claim(
        "D8",
        "Dopamine regulates pleasure",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8",
        "wanting_liking",
        "supported if liking follows κ",
        lambda facts: either(
            max(facts.values("liking")) - min(facts.values("liking")) > 0.02,
            max(facts.values("liking")) - min(facts.values("liking")),
            "change of liking with κ (built into this model; the finding is the paper's)",
        ),
    ),
    Claim(
        "D9",
        "The influx of dopamine signals salience",
        "Schultz 2016, doi:10.1038/nrn.2015.26",
        "cue_shift",
        "supported if an omitted reward leaves no dip below −.1 in any representation",
        lambda facts: Judged(
            CONTRADICTED if max(facts.values("omission: lowest error")) < -0.1 else SUPPORTED,
            max(facts.values("omission: lowest error")),
            "shallowest dip at an omission; an unsigned signal has none",
        ),
    ),
    Claim(
        "D10",
        "Worse than expected makes dopamine dip",
        "Hollerman & Schultz 1998, doi:10.1038/1124",
        "cue_shift",
        "supported if an omission leaves a dip below −.1 in every representation",
        _dips,
    ),
    Claim(
        "D11",
        "Dopamine release is so many ng/mL",
        "site and method differ tenfold; FSCAV 90 nM is 13.8 ng/mL",
        "",
        "not testable: the unit has no site",
        untested("tonic estimates differ tenfold by method"),
    ),
    Claim(
        "D12",
        "Higher receptor density makes more responsive",
        "Collins & Frank 2014, doi:10.1037/a0037015",
        "individual_differences",
        "supported if more D1 and more D2 receptors both raise effortful choice; depends if one does",
        _density,
    ),
    Claim(
        "D13",
        "A BAS score shows how active the dopamine system is",
        "the direct PET evidence is on mu-opioid receptors (n = 49)",
        "",
        "not testable: no effect is put into the model by default",
        untested("the mapping is an assumption"),
    ),
    Claim(
        "D14",
        "It is so because our ancestors hunted",
        "a story, not evidence",
        "",
        "not testable",
        untested("no experiment"),
    ),
    Claim(
        "D15",
        "Far goals do not activate the dopamine system enough",
        "Kobayashi & Schultz 2008, doi:10.1523/JNEUROSCI.1600-08.2008 (seconds, monkeys)",
        "future_self",
        "supported if the far goal is delayed even without discounting; depends if only with it",
        _far_goals,
    ),
    Claim(
        "D16",
        "Quick, unpredictable hits hold attention from work",
        "no direct dopamine measurement; variable-ratio schedules",
        "distraction",
        "supported if chance, on the same mean, makes learners delay more by d > .2",
        _quick_hits,
    ),
    Claim(
        "D17",
        "Rewards rewire the brain into habits",
        "Yagishita et al. 2014, doi:10.1126/science.1255514 (.3 to 2 s); Miller et al. 2019",
        "habits",
        "depends if what outlasts a reward's value is repetition; contradicted if nothing does",
        _rewiring,
    ),
    Claim(
        "D18",
        "Wins from outside build motivation from inside",
        "Deci, Koestner & Ryan 1999, doi:10.1037/0033-2909.125.6.627",
        "intrinsic",
        "supported if expected pay raises later free choice",
        _crowding,
    ),
    Claim(
        "D19",
        "Balanced dopamine is essential",
        "Cools & D'Esposito 2011, doi:10.1016/j.biopsych.2011.03.028 (inverted U)",
        "",
        "not testable: no set point is defined",
        untested("no set point is defined"),
    ),
    Claim(
        "D20",
        "Addiction is excessive dopamine",
        "Redish 2004, doi:10.1126/science.1102384; Panlilio, Thorndike & Schindler 2007",
        "addiction",
        "supported if a cue is blocked by the drug (below .5) when the drug is a surge",
        _excess,
    ),
    Claim(
        "D21",
        "Micro wins prevent burnout and improve well-being",
        "no dopamine evidence",
        "burnout",
        "supported if fatigue at work falls under both kinds of pay; depends if under one",
        _wellbeing,
    ),
    Claim(
        "D22",
        "What holds for mice with juice holds for to-do lists",
        "nearly every number comes from animals drinking",
        "",
        "not testable: the jump is an assumption of every model here",
        untested("an assumption of every model here"),
    ),
)


def __dir__() -> list[str]:
    return __all__
