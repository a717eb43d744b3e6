"""Facts that support, divide and contradict the claims on practice, for the test of every rule."""

YES, NO, DEPENDS = "holds in these models", "fails in these models", "depends on the k (1 of 2)"


def rows(quantity, *values, **where):
    return [{**where, "k": float(i), "quantity": quantity, "value": x} for i, x in enumerate(values)]


def moves(*lost):
    there = rows("share lost", *(1.0 for _ in lost), part="family", change="new hours")
    return rows("share lost", *lost, part="family", change="new place") + there


def stacks(*more):
    found = []
    for change, shift in (("nothing", 0.0), ("new place", 0.5)):
        where = {"part": "family", "change": change}
        found += rows("rate, last week", *(0.4 for _ in more), plan="time", **where)
        found += rows("rate, last week", *(0.4 + x + shift for x in more), plan="after old", **where)
    return found


RULES = {
    "P1": [(YES, moves(0.9, 0.6)), (DEPENDS, moves(0.9, 0.1)), (NO, moves(0.5, -0.1))],
    "P2": [(YES, stacks(0.1, 0.2)), (DEPENDS, stacks(0.1, -0.2)), (NO, stacks(0.01, -0.2))],
    "P3": [
        (verdict, rows("clear lead", *leads, part="leads"))
        for verdict, leads in ((YES, (0.1, 0.2)), (DEPENDS, (0.1, 0.0)), (NO, (0.02, -0.2)))
    ],
    "P4": [
        (verdict, rows("clear surplus over half", *over, part="left"))
        for verdict, over in ((YES, (0.1, 0.2)), (DEPENDS, (0.1, -0.2)), (NO, (0.0, -0.1)))
    ],
}
