"""Facts that support, divide and contradict the claims on the rest of the story, for the test of every rule."""

YES, NO, DEPENDS = "holds in these models", "fails in these models", "depends on"


def fact(quantity, value, **factors):
    return {"part": "family", **factors, "quantity": quantity, "value": value}


def against(quantity, factor, of, level, pairs, **where):
    """Settings that differ in k: a quantity at one level of a factor, and at the level it is compared with."""
    return [
        fact(quantity, x, k=float(i), **where, **{factor: place})
        for i, pair in enumerate(pairs)
        for place, x in zip((of, level), pair, strict=True)
    ]


def learners(*spared):
    return against("regret", "learner", "fixed rate", "Kalman", [(0.2, 0.2 - x) for x in spared])


def lists(*more):
    rows = [fact("lost", 0.0, way="optimum", k=0.0)]
    return rows + against("lost", "way", "best paid first", "easy first", [(0.3, 0.3 - x) for x in more])


def ticks(new, practised):
    return [
        {"part": "practice", "when": when, "quantity": "rise, nM", "value": x}
        for when, x in (("new", new), ("practised", practised))
    ]


def celebrations(quantity, *changes):
    return against(quantity, "size", 0.0, 3.0, [(0.5, 0.5 + x) for x in changes], when="late")


def depths(*falls):
    """Falls of the index for limited depths; to the end there is none."""
    return [
        fact("procrastination index", 0.9 - (x if arm == "thinkable" else 0.0), arm=arm, n_goals=n, depth=depth)
        for arm, n in (("one goal", 1.0), ("thinkable", 4.0))
        for depth, x in [*((2.0 + i, x) for i, x in enumerate(falls)), (99.0, 0.0)]
    ]


def days(*more):
    return against("mean", "n_goals", 1.0, 5.0, [(0.5, 0.5 * (1 + x)) for x in more], when="last day")


def practice(*changes):
    return against("mean", "when", "first day", "last day", [(0.5, 0.5 * (1 + x)) for x in changes])


def training(quantity, *changes):
    """Changes by paid effort; where effort cannot gain worth there is none, and these do not count."""
    kinds = ("training", "this effort, unpaid", "this effort, paid")
    rows = against(quantity, *kinds, [(0.5, 0.5 + x) for x in changes], when="early", weight=1.0)
    opposite = -changes[0] - 0.1
    return rows + against(quantity, *kinds, [(0.5, 0.5 + opposite)], when="early", weight=0.0)


def looks(*fewer):
    """Looks at first, and fewer of them in the end."""
    return [fact(when, x, k=float(i)) for i, y in enumerate(fewer) for when, x in (("early", 0.5), ("late", 0.5 - y))]


def pays(*fewer):
    return against("late", "work", "rarely", "each time", [(0.5, 0.5 - x) for x in fewer])


def feeds(steady, popular):
    """Looks that an adaptive feed adds over a steady one and one as popular; a variable one is not asked."""
    less = {"steady": steady, "as popular": popular, "adaptive": 0.0, "variable": 0.4}
    return [fact("late", 0.5 - x, feed=feed, k=0.0) for feed, x in less.items()]


def tired(resource, investment):
    falls = {"resource": resource, "investment": investment, "none": 0.4}
    return [fact("fall over time", x, account=account, use=0.1) for account, x in falls.items()]


def meals(pool, own):
    """Choices that a meal moves; in one currency it moves none, and that does not count."""
    moved = {"one pool": pool, "own stores": own, "one currency": 0.0}
    return [fact("missed", x, store=store, retention=0.9) | {"part": "meal"} for store, x in moved.items()]


def gains(quantity, factor, less, more):
    """Changes in the direction of a factor, below 1 and above."""
    levels = {0.5: -less, 1.0: 0.0, 2.0: more}
    return [fact(quantity, 0.5 + x, **{factor: level}, k=0.0) for level, x in levels.items()]


RULES = {
    "S1": [(YES, learners(0.1, 0.02)), ("depends on the k (1 of 2)", learners(0.1, 0.0)), (NO, learners(0.0, -0.1))],
    "S2": [(YES, lists(0.1, 0.2)), (DEPENDS, lists(0.1, -0.2)), (NO, lists(0.0, -0.2))],
    "S3": [(YES, ticks(90.0, 40.0)), ("depends on practice (1 of 2)", ticks(90.0, 0.0)), (NO, ticks(1.0, 0.0))],
    "S4": [
        (verdict, celebrations("index", *changes))
        for verdict, changes in ((YES, (-0.1, -0.2)), (DEPENDS, (-0.1, 0.0)), (NO, (0.0, 0.1)))
    ],
    "S5": [
        (verdict, celebrations("welfare", *changes))
        for verdict, changes in ((YES, (0.0, 2.0)), (DEPENDS, (1.0, -3.0)), (NO, (-1.0, -0.2)))
    ],
    "S6": [(YES, depths(0.3, 0.1)), ("depends on the depth (1 of 2)", depths(0.3, 0.0)), (NO, depths(0.0, -0.1))],
    "S7": [(YES, days(0.3, 0.1)), (DEPENDS, days(0.3, 0.0)), (NO, days(0.0, -0.1))],
    "S8": [(YES, practice(0.0, 0.1)), (DEPENDS, practice(0.0, -0.3)), (NO, practice(-0.1, -0.3))],
    "S9": [
        (YES, training("share of work", 0.1, 0.2)),
        (DEPENDS, training("share of work", 0.1, 0.0)),
        (NO, training("share of work", 0.0, -0.1)),
    ],
    "S10": [
        (YES, training("welfare", 0.0, 0.2)),
        (DEPENDS, training("welfare", 0.1, -0.1)),
        (NO, training("welfare", -0.1, -0.2)),
    ],
    "S11": [(YES, looks(0.1, 0.2)), (DEPENDS, looks(0.1, 0.0)), (NO, looks(0.0, -0.1))],
    "S12": [(YES, pays(0.1, 0.2)), (DEPENDS, pays(0.1, 0.0)), (NO, pays(0.0, -0.1))],
    "S13": [
        (YES, feeds(0.1, 0.1)),
        ("depends on what it is compared with (1 of 2)", feeds(0.1, 0.0)),
        (NO, feeds(0.0, -0.1)),
    ],
    "S14": [(YES, tired(0.1, 0.1)), ("depends on the account (1 of 2)", tired(0.1, 0.0)), (NO, tired(0.0, -0.1))],
    "S15": [(YES, meals(0.01, 0.02)), ("depends on the store (1 of 2)", meals(0.01, 0.2)), (NO, meals(0.1, 0.2))],
    "S16": [
        (YES, gains("wanting", "gain", 0.1, 0.2)),
        ("depends on the gain of pleasure (1 of 2)", gains("wanting", "gain", 0.1, 0.0)),
        (NO, gains("wanting", "gain", 0.0, -0.1)),
    ],
    "S17": [
        (YES, gains("liked in all", "salience", 0.1, 0.2)),
        ("depends on incentive salience (1 of 2)", gains("liked in all", "salience", 0.1, 0.0)),
        (NO, gains("liked in all", "salience", 0.0, -0.1)),
    ],
}
