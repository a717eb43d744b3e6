"""A finding of your own
=====================

A finding of your own: overshadowing, as a protocol, numbers that are read from the signals, and a criterion.

A file in ``rpe/scorecard/findings/`` that calls its finding ``FINDING`` is scored with all others; here it is given to
``rpe.scorecard.run``.
"""

import rpe


def protocol(rng):
    """A is trained in compound with X; Y, as often, alone. Both are then shown alone, and a reward comes uncued."""
    return {"main": rpe.schedules.design("AX+ / Y+ x200 | X-? , Y-? , +?", gap=10.0, rng=rng)}


def read(readings):
    """Responses to the cues, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.at(1.5, "+?")
    return {name: main.response(0.5, f"{name}-?") / unit for name in ("X", "Y")}


overshadowing = rpe.scorecard.Finding(
    id="Z01",
    title="Overshadowing",
    paper="Pavlov 1927; Mackintosh 1976",
    published="A cue trained in compound gains less than one trained alone",
    criterion="D(X) < 0.75 D(Y)",
    schedules=protocol,
    read=read,
    holds=lambda x: x["X"] < 0.75 * x["Y"],
    effect="X",
    expected_to_pass=("Rescorla-Wagner", "TD(0)"),
)

makers = rpe.scorecard.roster()
theories = {name: makers[name]() for name in ("Rescorla-Wagner", "TD(0)", "salience")}
card = rpe.scorecard.run(theories, [overshadowing], n_seeds=3, rng=0)
print(card)
for theory, cue, response in zip(*(card.numbers[name] for name in ("theory", "number", "mean")), strict=True):
    print(f"{theory:16} response to {cue}: {response:.2f}")
print(f"{card.differences().n_rows} verdicts differ from what is expected")
rpe.scorecard.draw(overshadowing, rpe.theories.TD(trace_decay=0.0))
