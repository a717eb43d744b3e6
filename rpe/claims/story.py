"""What the popular story says besides: adapting, lists, celebrating, overwhelm, enthusiasm, effort, focus, liking."""

from rpe.claims import story_rules as rules
from rpe.claims.claim import Claim

__all__ = ["CLAIMS"]

CLAIMS = (
    Claim(
        "S1",
        "A reward system that adapts itself is essential for adapting to your environment",
        "People's learning rates rise with volatility [provisional]; none was found on who fares better for it",
        "Behrens et al. 2007, doi:10.1038/nn1954",
        "holds where a learner that changes its rate loses less (by .005 per choice) than one with a fixed rate of the "
        "same size and noise; over learners, rates, noise, hazards of reversals and how sure arms pay",
        rules.adapting,
        ("adaptation",),
        "That a higher rate follows a change faster and averages less",
    ),
    Claim(
        "S2",
        "Begin a to-do list with the easy things",
        "People do small and urgent things before more valuable ones [provisional]; whether that pays was not tested",
        "Zhu, Yang & Hsee 2018, doi:10.1093/jcr/ucy008",
        "holds where the shortest things first earn more (by 2 % of the optimum) than the best paid first, in too "
        "little time for all; over lists and how little time there is",
        rules.easy_first,
        ("to_do_list",),
        "That things pay only once they are finished",
    ),
    Claim(
        "S3",
        "Ticking off an item gives a small but measurable boost of dopamine",
        "A fully predicted reward brings no burst in monkeys [verified]; no study of ticks was found",
        "Schultz, Dayan & Montague 1997, doi:10.1126/science.275.5306.1593",
        "holds where a tick raises dopamine by more than 5 nM; over practice",
        rules.tick,
        ("to_do_list",),
        "Constants of firing, release and uptake",
    ),
    Claim(
        "S4",
        "Celebrate each small step, and work comes sooner",
        "no study was found that compares celebrated with uncelebrated steps at equal pay",
        "simulations of learners",
        "holds where the index of practised learners falls by more than .02 below that of those who do not celebrate; "
        "over its size, how fast it wears off, what it costs, what is celebrated, learners, and tasks that are and are "
        "not worth doing",
        rules.celebrating_works,
        ("celebrating",),
        "That a celebration acts as a reward",
    ),
    Claim(
        "S5",
        "Celebrating costs nothing",
        "no study was found",
        "simulations of learners; the exact optimum says which task is worth doing",
        "holds where practised learners earn no less (by a hundredth of what the task pays) than those who do not "
        "celebrate, after what it costs; over the same family",
        rules.celebrating_is_free,
        ("celebrating",),
        "What a celebration costs",
    ),
    Claim(
        "S6",
        "Broken into steps, a task that overwhelms becomes thinkable",
        "no study was found that leaves the time of pay as it is",
        "exact solutions with bounded look-ahead",
        "holds where sub-goals that bring points alone, which cancel over the task, lower the index by more than .02; "
        "over depths of look-ahead short of the end, noise, beliefs and numbers of sub-goals",
        rules.thinkable,
        ("planning_depth",),
        "That what lies beyond the horizon counts for nothing",
    ),
    Claim(
        "S7",
        "Small wins keep enthusiasm up",
        "Happiness follows recent errors and expectations, errors more (18,420 people played on their phones) "
        "[provisional]",
        "Rutledge et al. 2014, doi:10.1073/pnas.1407535111",
        "holds where the same reward in parts makes a practised day happier by more than 2 %; over parts, chances, "
        "utility and how fast happiness decays",
        rules.happier,
        ("happiness",),
        "That happiness is linear in expectation and error, and errors weigh more",
    ),
    Claim(
        "S8",
        "The joy of a win stays",
        "Happiness returns to what it was within moments of a win [provisional]",
        "Rutledge et al. 2014, doi:10.1073/pnas.1407535111",
        "holds where a practised day is no less happy (by 2 %) than the first one of its kind; over the same family",
        rules.stays,
        ("happiness",),
        "That errors weigh more than what is expected; their sizes are provisional",
    ),
    Claim(
        "S9",
        "Associate effort with a good outcome, and you become more resilient",
        "Who was paid for effort chose more demanding tasks afterwards, without pay (n = 1,578) [verified: abstract]",
        "Clay et al. 2022, doi:10.1073/pnas.2111785119; Eisenberger 1992, doi:10.1037/0033-295X.99.2.248",
        "holds where those paid for effort choose work at something new more often at first (by .02) than those who "
        "made as much of it for nothing; over pays of training, rates, noise, and new tasks that pay each time, "
        "rarely, too little or never",
        rules.industrious,
        ("industriousness",),
        "That pairing with reward gives effort a value, which goes along to a new task",
    ),
    Claim(
        "S10",
        "To learn to value effort does no harm",
        "no study was found that asks what becomes of those who go on unpaid",
        "simulations of learners; the pay of each new task says in closed form whether it is worth its effort",
        "holds where those paid for effort earn no less at something new at first (by .02 a choice) than those who "
        "made as much of it for nothing; over the same family",
        rules.industry_pays,
        ("industriousness",),
        "That pairing with reward gives effort a value, which goes along to a new task",
    ),
    Claim(
        "S11",
        "Focus gradually shifts from distractions to work",
        "What was rewarded before captures attention long after, in search displays [provisional]; no study was found "
        "of work beside a feed",
        "Anderson, Laurent & Yantis 2011, doi:10.1073/pnas.1104047108",
        "holds where practised learners look at distractions less (by .02 of choices) than at first; over what "
        "attention follows, feeds, pay of work and of looks, rates and noise",
        rules.focus_shifts,
        ("focus",),
        "That attention captures choice, and that work is worth more than any distraction",
    ),
    Claim(
        "S12",
        "Small rewards draw attention from distractions",
        "no study was found that leaves the mean pay as it is",
        "simulations of learners; an exact planner never looks",
        "holds where work that pays each time leaves fewer looks in the end (by .02 of choices) than work that pays "
        "rarely, on the same mean; over the same family",
        rules.often_draws,
        ("focus",),
        "That attention captures choice",
    ),
    Claim(
        "S13",
        "Distractions that adapt to you hold you more than steady ones",
        "no study was found that shows the same things as often without adapting",
        "simulations of learners",
        "holds where a feed that shows again what was looked at gets more looks in the end (by .02 of choices) than a "
        "steady one, and than one that shows the same kinds as often; over the same family",
        rules.adaptive_holds,
        ("focus",),
        "That attention captures choice, and that kinds are liked unequally",
    ),
    Claim(
        "S14",
        "Self-control runs out as it is used",
        "A first task of self-control lowered a second one by d = 0.04 (−0.07 to 0.15; 23 laboratories, n = 2,141) "
        "[provisional: from a secondary source]",
        "Hagger et al. 2016, doi:10.1177/1745691616652873",
        "holds where work beside a distraction falls (by .02 of choices) from the first to the last third of a task; "
        "over a resource and an investment, their parameters, rates and noise",
        rules.runs_out,
        ("self_control",),
        "That resisting uses a resource up, and that an investment follows what is at stake",
    ),
    Claim(
        "S15",
        "Any reward will do: food, company and ticking off share one currency",
        "Values of unlike goods are coded in overlapping regions [provisional]; satiety is specific to what was eaten "
        "[provisional]",
        "Levy & Glimcher 2012, doi:10.1016/j.conb.2012.06.001; Rolls et al. 1981, doi:10.1016/0031-9384(81)90310-3",
        "holds where a meal of one kind moves no more than .05 of choices among all; over agents in whom all kinds "
        "satiate together or each for itself, kinds, strength and length of satiation, discounting and noise",
        rules.one_currency,
        ("reward_kinds",),
        "That kinds satiate, and how much; without satiation a meal changes nothing",
    ),
    Claim(
        "S16",
        "You come to want what you like",
        "Rats without dopamine like sweets as before, and those with more want more, and like the same [provisional]",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8",
        "holds where practised learners work more (by .02 of choices) under a higher gain of pleasure than the normal "
        "one, or less under a lower one; over gains, incentive salience, how far learning follows liking, rates and "
        "noise",
        rules.wants_what_is_liked,
        ("liking",),
        "That incentive salience does not touch liking; gains are provisional",
    ),
    Claim(
        "S17",
        "More dopamine brings more pleasure",
        "Rats without dopamine like sweets as before, and those with more want more, and like the same [provisional]",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8",
        "holds where more incentive salience than the normal one brings more of what is liked, less effort (by .02 a "
        "choice), or less of it less; over the same family",
        rules.dopamine_pleases,
        ("liking",),
        "That incentive salience does not touch the liking of a reward, so that pleasure in all changes by work alone",
    ),
)


def __dir__() -> list[str]:
    return __all__
