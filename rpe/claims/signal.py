"""What the popular story says of dopamine: anticipation, completion, the steady drip, receptors, addiction."""

from rpe.claims import behaviour_rules
from rpe.claims import signal_rules as rules
from rpe.claims.claim import Claim, untested

__all__ = ["CLAIMS"]

CLAIMS = (
    Claim(
        "D1",
        "Anticipation triggers dopamine, and that is the prediction error",
        "Waiting for a certain reward is flat where nothing shows progress, and ramps where something does "
        "[verified]; cues evoke bursts [verified]",
        "Schultz, Dayan & Montague 1997, doi:10.1126/science.275.5306.1593; Mikhael et al. 2022, "
        "doi:10.1016/j.cub.2022.01.025; Kim et al. 2020, doi:10.1016/j.cell.2020.11.013",
        "holds where the error ramps by more than .02 per s while a certain reward is waited for; over theories whose "
        "signal is an error, with and without progress to see",
        rules.anticipation,
        ("ramps", "micro_win_dopamine"),
    ),
    Claim(
        "D2",
        "Completion triggers dopamine, whatever its size",
        "No recording shows it; completion that is expected brings no burst in monkeys [verified]",
        "Ribas-Fernandes et al. 2011, doi:10.1016/j.neuron.2011.05.042 (not in dopamine neurons)",
        "as B1, at the goal",
        rules.completion,
        ("micro_win_errors", "micro_win_dopamine"),
    ),
    Claim(
        "D3",
        "Ticking an item off gives a measurable boost",
        "nobody has measured it in a person: PET cannot resolve it, and microdialysis is not done in healthy people",
        "no measurement exists",
        "not testable: nobody has measured it; the models' size is said",
        rules.boost,
        ("micro_win_dopamine",),
    ),
    Claim(
        "D4",
        "Frequent micro wins give a steady drip of dopamine",
        "Release follows the rate of reward over minutes [verified, abstract], not the number of its parts: no study "
        "has split it",
        "Hamid et al. 2016, doi:10.1038/nn.4173; Σγᵗδ = Σγᵗr − V is an identity of TD",
        "holds where practised wins, certain or not, keep a mean error above 5 % of a win and two standard "
        "errors, or a tenth of the area (nM s) they had at first; over theories, their parameters, cues and release",
        rules.drip,
        ("micro_win_errors", "micro_win_dopamine"),
        "In TD errors at expected rewards vanish; in value decay and ANCCR they cannot",
    ),
    Claim(
        "D5",
        "Unexpected micro wins produce positive errors",
        "Dopamine neurons answer rewards the more, the less likely they were [verified, abstract]",
        "Fiorillo, Tobler & Schultz 2003, doi:10.1126/science.1077349",
        "holds where practised wins that were uncertain, and paid, have an error above 5 % of a win, or raise "
        "dopamine by a tenth of its tonic level; the mean over paid and unpaid wins is shown beside it",
        rules.unexpected,
        ("micro_win_errors", "micro_win_dopamine"),
        "That chance evens out, and the mean error is 0, is an identity of TD",
    ),
    Claim(
        "D6",
        "Motivation grows exponentially, like a snowball",
        "Learning saturates [verified]; no study shows growth that speeds up",
        "Rescorla & Wagner 1972 (saturation); Redish 2004, doi:10.1126/science.1102384 (linear)",
        "holds where value grows by more per reward late than early; over accounts of what rewards and drugs do. "
        "Growth by the same amount for each reward is linear",
        rules.exponential,
        ("addiction",),
        "The surge's growth, η·D for each dose, is linear by its equation",
    ),
    Claim(
        "D7",
        "Dopamine is wanting, not liking",
        "Wanting changes with dopamine, facial liking does not, in rats and mice [provisional]; salt and amphetamine "
        "need different rules for κ [verified]",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8; Zhang et al. 2009, "
        "doi:10.1371/journal.pcbi.1000437",
        "holds where a rule for κ reproduces a finding; over two rules and two findings",
        rules.wanting,
        ("wanting_liking",),
        "That liking does not follow κ",
    ),
    Claim(
        "D8",
        "Dopamine regulates pleasure",
        "Liking outlasts the loss of dopamine in rats [provisional]; opioids act at small hotspots [provisional]",
        "Berridge & Robinson 1998, doi:10.1016/S0165-0173(98)00019-8",
        "the model reads liking from elsewhere than κ, so that it cannot change",
        rules.pleasure,
        ("wanting_liking",),
        "That liking does not follow κ; the finding is the paper's",
    ),
    Claim(
        "D9",
        "The influx of dopamine signals salience",
        "Some dopamine cells answer salient and aversive events [provisional]; most obey the axioms of a signed error "
        "[provisional]",
        "Schultz 2016, doi:10.1038/nrn.2015.26; Caplin & Dean 2008, doi:10.1162/qjec.2008.123.2.663",
        "holds where the unsigned error with a novelty bonus reproduces a recorded finding by the scorecard's "
        "criterion; over seven findings and two sizes of the bonus",
        rules.salience,
        ("scorecard",),
    ),
    Claim(
        "D10",
        "Worse than expected makes dopamine dip",
        "Firing falls below its baseline when a reward is left out [provisional], limited by the floor of some 5 Hz "
        "[verified]",
        "Hollerman & Schultz 1998, doi:10.1038/1124",
        "holds where a theory dips at the usual time of an omitted reward by the scorecard's criterion (A02); over "
        "all theories of the scorecard that have time within a trial",
        rules.dips,
        ("scorecard",),
    ),
    Claim(
        "D11",
        "Dopamine release is so many ng/mL",
        "Tonic estimates differ tenfold by site and method; 90 nM is 13.8 ng/mL [verified]",
        "FSCAV in mice against microdialysis; see rpe.dopamine",
        "holds where the rise at a first win is within a factor of two of the median; over regions, synchrony, what "
        "neurons adapt to and TD's parameters",
        rules.influx,
        ("micro_win_dopamine",),
    ),
    Claim(
        "D12",
        "Higher receptor density makes more responsive",
        "PET binding is availability, not density; relations to motivation in healthy people are mostly absent "
        "[verified]; findings on obesity conflict [provisional]",
        "Collins & Frank 2014, doi:10.1037/a0037015",
        "holds where more receptors raise effortful choice; over D1 and D2, in steps of density",
        rules.density,
        ("individual_differences",),
        "That D1 and D2 act oppositely (OpAL)",
    ),
    Claim(
        "D13",
        "A BAS score shows how active the dopamine system is",
        "The direct PET evidence is on mu-opioid receptors (n = 49) [verified]",
        "Carver & White 1994, doi:10.1037/0022-3514.67.2.319 (the scale)",
        "not testable: no effect is put into the model by default",
        untested("the mapping is an assumption"),
    ),
    Claim(
        "D14",
        "It is so because our ancestors hunted",
        "a story, not evidence",
        "none",
        "not testable",
        untested("no experiment"),
    ),
    Claim(
        "D15",
        "Far goals do not activate the dopamine system enough",
        "The cue's burst falls hyperbolically with delay, over seconds, in monkeys with juice [verified]; months and "
        "procrastination are analogy",
        "Kobayashi & Schultz 2008, doi:10.1523/JNEUROSCI.1600-08.2008",
        "holds where one far goal delays work by more than .02 of the index against near ones on the same pay; over "
        "discounting, matching, noise, self-knowledge and how effort is discounted",
        rules.far_goals,
        ("future_self",),
    ),
    Claim(
        "D16",
        "Quick, unpredictable hits hold attention from work",
        "no direct measurement of dopamine; variable-ratio schedules keep animals responding [provisional]",
        "Ferster & Skinner 1957",
        "holds where distraction that pays by chance delays learners more (d above .2, beyond the 95 % interval) than "
        "a sure one of the same mean; over what they seek beside pay (nothing, what was seldom tried, what is "
        "uncertain, progress), their rates, noise and traces, and the chance",
        rules.quick_hits,
        ("distraction",),
        "That chance on the same mean changes nothing for planners",
    ),
    Claim(
        "D17",
        "Rewards rewire the brain into habits",
        "Spines grow where dopamine follows glutamate by .3 to 2 s [verified]; habits need repetition, not reward "
        "[verified]",
        "Yagishita et al. 2014, doi:10.1126/science.1255514; Miller, Shenhav & Ludvig 2019, doi:10.1037/rev0000120",
        "holds where, long after pay has ended, actors work more (by .05 of the steps) than after training without "
        "pay, or without dopamine; over when dopamine comes (within the window of plasticity, or 5 s), rates and wins",
        rules.rewiring,
        ("rewiring",),
        "That D1 and D2 weights change with dopamine; habit strength, in `habits`, counts repetitions alone",
    ),
    Claim(
        "D18",
        "Wins from outside build motivation from inside",
        "Expected pay lowers free choice, d = −.28 to −.40 [verified in a secondary source]",
        "Deci, Koestner & Ryan 1999, doi:10.1037/0033-2909.125.6.627",
        "the model puts crowding out in, so that the experiment can only show its size",
        rules.crowding,
        ("intrinsic",),
        "That expected pay takes interest away; effects are several times the published size",
    ),
    Claim(
        "D19",
        "Balanced dopamine is essential",
        "An inverted U between dopamine and working memory [provisional]; no set point is known",
        "Cools & D'Esposito 2011, doi:10.1016/j.biopsych.2011.03.028",
        "not testable: no set point is defined",
        untested("no set point is defined"),
    ),
    Claim(
        "D20",
        "Addiction is excessive dopamine",
        "Drugs do block a second cue [provisional], which an excess that nothing can predict forbids; choice turns to "
        "the drug [provisional]",
        "Redish 2004, doi:10.1126/science.1102384; Panlilio, Thorndike & Schindler 2007",
        "holds where an account of excess (a surge that learning cannot cancel; a raised baseline) reproduces a "
        "finding on drugs: more and more choice, natural rewards that lose value, blocking",
        rules.excess,
        ("addiction",),
    ),
    Claim(
        "D21",
        "Micro wins prevent burnout and improve well-being",
        "no evidence from dopamine",
        "Müller et al. 2021, doi:10.1038/s41467-021-24927-7",
        "holds where fatigue at the same unit of work falls by more than .3 levels and no less is done; over agents, "
        "when pay comes and what fatigue costs, if both arms do a tenth of the work",
        behaviour_rules.wellbeing,
        ("burnout",),
    ),
    Claim(
        "D22",
        "What holds for mice with juice holds for to-do lists",
        "nearly every number comes from animals drinking",
        "none",
        "not testable: the jump is an assumption of every model here",
        untested("an assumption of every model here"),
    ),
)


def __dir__() -> list[str]:
    return __all__
