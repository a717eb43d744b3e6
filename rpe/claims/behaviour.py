"""What the popular story says of behaviour: micro wins, momentum, habits, deadlines, burnout."""

from rpe.claims.claim import Claim, Facts, Judged, either, family, mixed, untested

# Changes of the procrastination index, of probabilities and of shares below this count as none.
_NONE = 0.02


def _every_tick(facts: Facts) -> Judged:
    late = facts.by("n_wins", "largest later error, last trial", trace_decay=0.0, part="certain")
    worst = max(error for n_wins, error in late.items() if float(n_wins) > 1)
    return either(worst > 0.05, worst, "largest error at expected wins, share of the budget")


def _snowball(facts: Facts) -> Judged:
    grown = facts.by("mechanism", "earlier start over trials", arm="micro wins")
    growing = [str(mechanism) for mechanism, x in grown.items() if x > _NONE]
    best = max(grown.values())
    holds = {mechanism: x > _NONE for mechanism, x in grown.items()}
    return family(holds, "mechanism", f"the mechanism ({', '.join(growing)})", best, "earlier start")


def _beats_delay(facts: Facts) -> Judged:
    one, micro = (
        facts.by("value", "procrastination_index", part="discount rate", arm=arm) for arm in ("one goal", "equal pay")
    )
    helped = {rate: one[rate] - micro[rate] > _NONE for rate in one}
    share = sum(helped.values()) / len(helped)
    meaning = "share of discount rates that are helped"
    return family(helped, "discount rate", "discounting and cost", share, meaning)


def _more_frequent(facts: Facts) -> Judged:
    index = facts.by("n_goals", "procrastination index", discounting="hyperbolic", switching="with overhead")
    best, most = float(min(index, key=lambda n: index[n])), max(map(float, index))
    free = facts.value("best number of goals", discounting="hyperbolic", switching="free")
    return mixed(best == most, free == most, "what a switch costs", best, "best number with overhead")


def _free_reward(facts: Facts) -> Judged:
    effects = facts.values("effect", part="random task", arm="equal present value", shape="exponential")
    hurt, helped = (sum(x < -_NONE for x in effects) / len(effects), sum(x > _NONE for x in effects) / len(effects))
    return mixed(hurt == 0, helped > 0, "where the pay is taken from", hurt, "share of exponential tasks that are hurt")


def _throughout(facts: Facts) -> Judged:
    drop = facts.value("change after sub-goals (exact)", mechanism="none", arm="micro wins")
    return either(drop >= -_NONE, drop, "P(work) right after a sub-goal less right before")


def _deadlines(facts: Facts) -> Judged:
    change = facts.by("agent", "largest change of completion", arm="sub-deadlines")
    worst = max(change.values(), key=abs)
    helps = {agent: x > _NONE for agent, x in change.items()}
    return family(helps, "agent", "foresight", worst, "largest change of completion")


def _never_hurts(facts: Facts) -> Judged:
    one, early = (
        facts.value("completion probability", discounting="hyperbolic", layout=layout)
        for layout in ("one goal", "all early")
    )
    return either(early >= one - _NONE, early - one, "change of completion, all paid early")


def _reward(facts: Facts) -> Judged:
    more, less = (facts.value("procrastination index", effort=effort, arm="one goal") for effort in ("more", "less"))
    return either(abs(more - less) < _NONE, more - less, "change of the index by how effort is discounted")


def _intrinsic(facts: Facts) -> Judged:
    paid, told = (facts.value("effect size", pay=pay) for pay in ("completion", "feedback"))
    return mixed(min(paid, told) > 0, max(paid, told) > 0, "pay or news", paid, "d of completion-contingent pay")


def _burnout(facts: Facts) -> Judged:
    spared = []
    for when in ("once", "the deadline"):
        one, micro = (
            facts.by("coupling", "fatigue at work", arm=arm, paid_at=when) for arm in ("one goal", "micro wins")
        )
        spared += [one[psi] - micro[psi] for psi in one]
    helps = [x > 0.3 for x in spared]
    return mixed(
        all(helps), any(helps), "when pay comes and what fatigue costs", spared[0], "fatigue spared, pay at once, ψ = 0"
    )


def _five_minutes(facts: Facts) -> Judged:
    easier = -facts.value("change", agent="naive", promise=1, waived=1)
    bound = -min(facts.values("change by binding", agent="naive", waived=0))
    return mixed(
        bound > _NONE, easier > _NONE, "an easier start, not on the promise", bound, "index gained by the promise alone"
    )


def _weeks(facts: Facts) -> Judged:
    days = facts.value("days to 95 %", published_days=66)
    return either(days <= 28, days, "days to 95 % at the published median rate")


def _tricks(facts: Facts) -> Judged:
    fitted, strong = (facts.value("change of time", gradient=gradient) for gradient in ("fitted", "strong"))
    return mixed(
        fitted < -0.05,
        strong < -0.05,
        "effort following the share done, steeply",
        fitted,
        "change of time, fitted gradient",
    )


def _harmless(facts: Facts) -> Judged:
    done = [facts.by("tick", "completion probability", arm=arm) for arm in ("one goal", "micro wins")]
    fell = min(min(by_size.values()) - by_size[0.0] for by_size in done)
    return either(fell >= -0.05, fell, "change of completion by off-path wins")


def _anywhere(facts: Facts) -> Judged:
    index = facts.by("layout", "procrastination index", discounting="hyperbolic", part="layout")
    one = index.pop("one goal")
    worst = max(index.values())
    return either(worst < one - _NONE, worst - one, "index, worst place less one goal")


def _irrational(facts: Facts) -> Judged:
    one, micro = (
        facts.value("welfare", part="example", arm=arm, shape="hyperbolic", self_knowledge="naive")
        for arm in ("one goal", "equal pay")
    )
    lost = (micro - one) / micro
    return either(lost > 0.1, lost, "share of welfare that delay costs")


CLAIMS = (
    Claim(
        "B1",
        "Every completed step brings a rise of dopamine, whatever its size",
        "Schultz, Dayan & Montague 1997, doi:10.1126/science.275.5306.1593; Ribas-Fernandes et al. 2011",
        "micro_win_errors",
        "supported if errors at certain wins stay above 5 % of the budget once they are expected",
        _every_tick,
    ),
    Claim(
        "B2",
        "Small successes accumulate and snowball",
        "Miller, Shenhav & Ludvig 2019, doi:10.1037/rev0000120; Bandura & Schunk 1981",
        "momentum",
        "supported if agents start earlier, trial by trial, with every mechanism; depends if with some",
        _snowball,
    ),
    Claim(
        "B3",
        "Micro wins beat procrastination",
        "Chebolu & Dayan 2024; Zhang & Ma 2024, doi:10.1038/s41598-024-65110-4",
        "micro_wins",
        "supported if equal pay lowers the index at every discount rate; depends if at some",
        _beats_delay,
    ),
    Claim(
        "B4",
        "The more frequent the wins, the better",
        "exact solution of the task with a cost of switching",
        "goal_decomposition",
        "supported if the largest number of sub-goals is best with and without overhead; depends if only without",
        _more_frequent,
    ),
    Claim(
        "B5",
        "Micro rewards come free",
        "exact solution of random tasks with equal present value",
        "micro_wins",
        "supported if splitting at equal present value hurts no exponential discounter; depends if it also helps some",
        _free_reward,
    ),
    Claim(
        "B6",
        "Milestones keep motivation up throughout",
        "Kivetz, Urminsky & Zheng 2006, doi:10.1509/jmkr.43.1.39",
        "momentum",
        "supported if work is no less likely right after a sub-goal than right before it (exact)",
        _throughout,
    ),
    Claim(
        "B7",
        "Deadlines and sub-deadlines help",
        "Bisin & Hyndman 2020, doi:10.1016/j.geb.2019.11.010; Burger et al. 2011, doi:10.1016/j.jebo.2010.11.010",
        "deadlines",
        "supported if sub-deadlines raise completion for all agents; depends if for some",
        _deadlines,
    ),
    Claim(
        "B8",
        "Breaking a task up never hurts",
        "exact solution: pay in advance dissolves the stake of the deadline",
        "goal_decomposition",
        "supported if paying the same budget early leaves completion as it was",
        _never_hurts,
    ),
    Claim(
        "B9",
        "Whether we start is a matter of the reward",
        "Le Bouc & Pessiglione 2022, doi:10.1038/s41467-022-33119-w",
        "future_self",
        "supported if it makes no difference how effort is discounted",
        _reward,
    ),
    Claim(
        "B10",
        "Micro wins build intrinsic motivation",
        "Deci, Koestner & Ryan 1999, doi:10.1037/0033-2909.125.6.627",
        "intrinsic",
        "supported if both wins that pay and wins that only tell raise later free choice; depends if one does",
        _intrinsic,
    ),
    Claim(
        "B11",
        "Micro wins prevent burnout",
        "Müller et al. 2021, doi:10.1038/s41467-021-24927-7; ego depletion is null (Hagger et al. 2016)",
        "burnout",
        "supported if fatigue at work falls by 0.3 levels under every pay and coupling; depends if under some",
        _burnout,
    ),
    Claim(
        "B12",
        "Just five minutes: a small commitment overcomes inertia",
        "Ovsiankina 1928 (resumption); exact solution of the option",
        "five_minutes",
        "supported if the promise alone lowers the index of the naive agent; depends if an easier start does",
        _five_minutes,
    ),
    Claim(
        "B13",
        "Habits form within a few weeks",
        "Lally et al. 2010, doi:10.1002/ejsp.674",
        "habits",
        "supported if 95 % is reached within 28 days at the median rate",
        _weeks,
    ),
    Claim(
        "B14",
        "Who scores high on BAS responds more strongly",
        "no settled estimate; Carver & White 1994, doi:10.1037/0022-3514.67.2.319 (the scale)",
        "",
        "not testable: the link from score to sensitivity is put into the model",
        untested("the mapping is an assumption, so any result would be built in"),
    ),
    Claim(
        "B15",
        "A head start that costs nothing speeds people up",
        "Nunes & Drèze 2006, doi:10.1086/500480",
        "momentum",
        "supported if it does with the gradient fitted to people's speed-up; depends if only with a steeper one",
        _tricks,
    ),
    Claim(
        "B16",
        "Micro rewards are harmless",
        "Andersen et al. 2011, doi:10.1145/2159365.2159370; Anderson et al. 2013, doi:10.1145/2488388.2488398",
        "badges_and_off_path",
        "supported if wins off the path lower completion by no more than .05",
        _harmless,
    ),
    Claim(
        "B17",
        "Sub-goals help wherever they stand",
        "Solway et al. 2014, doi:10.1371/journal.pcbi.1003779",
        "goal_decomposition",
        "supported if every placement of the same budget lowers the index of one goal",
        _anywhere,
    ),
    Claim(
        "B18",
        "Procrastination is irrational, and costs us dearly",
        "Chebolu & Dayan 2024; welfare of the default task",
        "micro_wins",
        "supported if delay costs more than a tenth of welfare",
        _irrational,
    ),
    Claim(
        "B19",
        "Release, receptors and scores can be read off a table",
        "see the claims on dopamine",
        "",
        "not testable by behaviour",
        untested("outside behaviour"),
    ),
)
__all__ = ["CLAIMS"]


def __dir__() -> list[str]:
    return __all__
