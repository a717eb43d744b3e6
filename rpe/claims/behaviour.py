"""What the popular story says of behaviour: micro wins, momentum, habits, deadlines, burnout."""

from rpe.claims import behaviour_rules as rules
from rpe.claims import signal_rules
from rpe.claims.claim import Claim, untested

__all__ = ["CLAIMS"]

CLAIMS = (
    Claim(
        "B1",
        "Every completed step brings a rise of dopamine, whatever its size",
        "A fully predicted reward brings no burst in monkeys [verified]; sub-goal errors were seen in people's "
        "cingulate and insula, not in dopamine neurons [verified]",
        "Schultz, Dayan & Montague 1997, doi:10.1126/science.275.5306.1593; Ribas-Fernandes et al. 2011, "
        "doi:10.1016/j.neuron.2011.05.042",
        "holds where every certain win, practised, keeps an error above 5 % of its size, or raises dopamine by a "
        "tenth of its tonic level; over five theories, their parameters, the cues between wins and settings of release",
        signal_rules.every_tick,
        ("micro_win_errors", "micro_win_dopamine"),
    ),
    Claim(
        "B2",
        "Small successes accumulate and snowball",
        "Near goals raise efficacy and interest in children (n = 40) [provisional]; no rise of hours over the weeks "
        "of a field experiment [verified, abstract]",
        "Bandura & Schunk 1981, doi:10.1037/0022-3514.41.3.586; Burger et al. 2011, doi:10.1016/j.jebo.2010.11.010",
        "holds where agents start earlier in the last trials than in the first, by more than .02 of the time and "
        "beyond the interval over agents; over mechanisms, arms, discounting and noise",
        rules.snowball,
        ("momentum",),
    ),
    Claim(
        "B3",
        "Micro wins beat procrastination",
        "Steeper discounting goes with later work, r = .28 [verified in the data]; no test of equal pay, "
        "split or not, was found",
        "Zhang & Ma 2024, doi:10.1038/s41598-024-65110-4; Chebolu & Dayan 2024",
        "holds where work is sooner or more often done and the agent no worse off; over the family of micro_wins, on "
        "equal pay and at equal present value (interval over its tasks)",
        rules.beats_delay,
        ("micro_wins",),
        "Marks and ticks without reward cannot move a planner",
    ),
    Claim(
        "B4",
        "The more frequent the wins, the better",
        "Streaks of pay raise work more than larger flat pay (N = 4,493) [verified, abstract]; none was found on "
        "how often",
        "Mehr 2025",
        "holds where no smaller number of goals has a lower index, to within .02; over agents and what a switch costs",
        rules.more_frequent,
        ("goal_decomposition",),
    ),
    Claim(
        "B5",
        "Micro rewards come free",
        "no study was found that matches the present value of pay",
        "exact solutions",
        "holds where splitting at equal present value leaves nobody worse off for today's self; over the family of "
        "micro_wins (interval over its tasks)",
        rules.free_reward,
        ("micro_wins",),
    ),
    Claim(
        "B6",
        "Milestones keep motivation up throughout",
        "Cafe customers slow down after each free coffee [provisional]",
        "Kivetz, Urminsky & Zheng 2006, doi:10.1509/jmkr.43.1.39",
        "holds where work is no less likely (by .02) right after a sub-goal than right before it; over agents and "
        "start-up costs",
        rules.throughout,
        ("momentum",),
    ),
    Claim(
        "B7",
        "Deadlines and sub-deadlines help",
        "Students ask for deadlines and gain nothing [verified, abstract]; weekly targets lowered completion "
        "[verified, abstract]",
        "Bisin & Hyndman 2020, doi:10.1016/j.geb.2019.11.010; Burger et al. 2011, doi:10.1016/j.jebo.2010.11.010",
        "holds where sub-deadlines raise completion by more than .02; over agents, what a miss costs and free time",
        rules.deadlines,
        ("deadlines",),
        "Without discounting and noise a deadline only takes options away",
    ),
    Claim(
        "B8",
        "Breaking a task up never hurts",
        "no study was found that pays in advance",
        "exact solutions: pay in advance dissolves the stake of the deadline",
        "holds where a layout of sub-goals on the same budget neither hurts nor makes people work at a loss; over "
        "layouts and agents",
        rules.never_hurts,
        ("goal_decomposition",),
    ),
    Claim(
        "B9",
        "Whether we start is a matter of the reward",
        "Procrastination follows how much delay attenuates effort, not reward (n = 51) [verified, abstract]",
        "Le Bouc & Pessiglione 2022, doi:10.1038/s41467-022-33119-w",
        "holds where it changes the index by no more than .02 whether effort is discounted more or less than reward",
        rules.reward,
        ("future_self",),
    ),
    Claim(
        "B10",
        "Micro wins build intrinsic motivation",
        "Expected pay lowers free choice: d = −.40 (engagement), −.36 (completion), −.28 (performance); feedback "
        "raises it [verified in a secondary source]",
        "Deci, Koestner & Ryan 1999, doi:10.1037/0033-2909.125.6.627",
        "the model puts crowding out in, so that the experiment can only show its size",
        rules.intrinsic,
        ("intrinsic",),
        "That expected pay takes interest away, and that feedback gives some; effects are several times the "
        "published size",
    ),
    Claim(
        "B11",
        "Micro wins prevent burnout",
        "Ego depletion is null: d = .04 (N = 2,141) [verified in a secondary source]; fatigue has a part that "
        "recovers and one that does not [verified]",
        "Müller et al. 2021, doi:10.1038/s41467-021-24927-7; Hagger et al. 2016, doi:10.1177/1745691616652873",
        "holds where fatigue at the same unit of work falls by more than .3 levels; over agents, when pay comes and "
        "what fatigue costs, if both arms do a tenth of the work",
        rules.burnout,
        ("burnout",),
    ),
    Claim(
        "B12",
        "Just five minutes: a small commitment overcomes inertia",
        "Interrupted tasks are resumed in 67 % of cases; they are not remembered better [verified in a secondary "
        "source]",
        "Ovsiankina 1928; exact solution of the option",
        "holds where a promise alone, beyond an easier start, lowers the index by more than .02; over agents, its "
        "length and how much of the start-up cost is waived",
        rules.five_minutes,
        ("five_minutes",),
    ),
    Claim(
        "B13",
        "Habits form within a few weeks",
        "Medians 59 to 66 days, individuals 4 to 335 [provisional]; 66 days (18 to 254), the curve fits 39 of 82 "
        "[verified in a secondary source]",
        "Lally et al. 2010, doi:10.1002/ejsp.674; Singh et al. 2024, doi:10.3390/healthcare12232488",
        "the rate of growth is that of the published days, so that the model only repeats them",
        rules.weeks,
        ("habits",),
        "How many days it takes: the rates are computed from the published ones",
    ),
    Claim(
        "B14",
        "Who scores high on BAS responds more strongly",
        "no settled estimate; links to reward learning are small and inconsistent [provisional]",
        "Carver & White 1994, doi:10.1037/0022-3514.67.2.319 (the scale)",
        "not testable: the link from score to sensitivity is put into the model",
        untested("the mapping is an assumption, so any result would be built in"),
        (),
        "Sensitivity to reward as an exponential of the score",
    ),
    Claim(
        "B15",
        "A head start that costs nothing speeds people up",
        "12 stamps with 2 given were collected in 12.7 days, 10 stamps in 15.6 [verified in a secondary source]",
        "Nunes & Drèze 2006, doi:10.1086/500480; Kivetz, Urminsky & Zheng 2006, doi:10.1509/jmkr.43.1.39",
        "holds where time falls by more than 5 %; over the steepness of the goal gradient",
        rules.tricks,
        ("momentum",),
        "That effort follows the share done; by remaining work alone nothing can change",
    ),
    Claim(
        "B16",
        "Micro rewards are harmless",
        "Rewards off the path kept 27,000 players from the game [verified in a secondary source]; activity falls "
        "back once a badge is earned [verified in a secondary source]",
        "Andersen et al. 2011, doi:10.1145/2159365.2159370; Anderson et al. 2013, doi:10.1145/2488388.2488398",
        "holds where wins off the path lower completion by no more than .05; over arms and the size of these wins",
        rules.harmless,
        ("badges_and_off_path",),
    ),
    Claim(
        "B17",
        "Sub-goals help wherever they stand",
        "People choose the bottleneck 4.4 times above chance (n = 40) [verified in a secondary source]",
        "Solway et al. 2014, doi:10.1371/journal.pcbi.1003779",
        "holds where a layout of the same budget helps: work is sooner or more often done, and nobody worse off; over "
        "layouts and agents",
        rules.anywhere,
        ("goal_decomposition",),
    ),
    Claim(
        "B18",
        "Procrastination is irrational, and costs us dearly",
        "On average students' work is nearly even, 9.8 % of it in the last fifth of the time [verified in the data]; "
        "what delay costs them was not measured",
        "Zhang & Ma 2024, doi:10.1038/s41598-024-65110-4; Chebolu & Dayan 2024",
        "holds where the end of delay (by equal pay) is worth more than a tenth of the budget, undiscounted; over "
        "settings of the family with delay to end (interval over its tasks)",
        rules.irrational,
        ("micro_wins",),
    ),
    Claim(
        "B19",
        "Release, receptors and scores can be read off a table",
        "see the claims on dopamine",
        "see D11 to D13",
        "not testable by behaviour",
        untested("outside behaviour"),
    ),
)


def __dir__() -> list[str]:
    return __all__
