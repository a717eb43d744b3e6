"""Notation of designs: the words of a methods section, "[K1] (A+ B-) x20 | B>A+ x10", read into phases."""

import re
from typing import NamedTuple

_CUES = r"[A-Za-z]+(?:\s*(?:→|>)\s*[A-Za-z]+|\s*(?:-gap-|\.\.)\s*(?:[A-Za-z]+|(?=[+#-])))*"
_TYPE = re.compile(
    rf"(?P<stimuli>(?:{_CUES})?)(?P<sign>[+#-])(?:\((?P<size>[0-9.]+)\))?(?:(?P<chance>[0-9.]+)%)?"
    r"(?P<pulse>[*~]?)(?P<probe>\??)"
)
_ARROW = re.compile(r"\s*(→|>|-gap-|\.\.)\s*")
_TIMES = re.compile(r"\s*[x×]\s*(?P<times>[0-9]+)(?![0-9A-Za-z])")
_CONTEXT = re.compile(r"\[\s*(?P<name>\w+)\s*\]\s*")
_REST = re.compile(r"rest\s+(?P<number>[0-9.]+)\s*(?P<unit>s|min|h|d)")
_SESSIONS = re.compile(
    r"\s+in\s+(?P<n>[0-9]+)\s+sessions?(?:\s+(?P<number>[0-9.]+)\s*(?P<unit>s|min|h|d)\s+apart)?\s*$"
)
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class Type(NamedTuple):
    """Type of trial as written.

    Attributes
    ----------
    name : str
    elements : tuple of str
        Compounds, one after another; an empty one is a gap.
    size, chance : float
        Of the reward; its probability.
    pulse : int
        1 for stimulation, −1 for inhibition, 0 for none.
    probe : bool
        Whether nothing is learned.
    """

    name: str
    elements: tuple[str, ...]
    size: float
    chance: float
    pulse: int
    probe: bool


class Block(NamedTuple):
    """Types of trial in a fixed order, and how often the whole comes."""

    types: tuple[Type, ...]
    times: int


class Phase(NamedTuple):
    """Phase of a design.

    Attributes
    ----------
    text : str
        As written.
    context : str
        Its name; empty without one.
    blocks : tuple of Block
        What is mixed at random; none in a rest.
    sessions : int
        How often the phase is run.
    rest : float
        Empty time after it (after every session but the last, where there are several), s.
    """

    text: str
    context: str
    blocks: tuple[Block, ...]
    sessions: int
    rest: float


def phases(text: str) -> list[Phase]:
    """Read a design.

    Parameters
    ----------
    text : str
        As `rpe.schedules.design` describes it.

    Raises
    ------
    ValueError
        For what is no design; the message names the place.

    Examples
    --------
    >>> first, second = phases("[K1] (A+ B-) x20 | B>A+ x10")
    >>> first.context, first.blocks[0].times, [each.name for each in first.blocks[0].types]
    ('K1', 20, ['A+', 'B-'])
    >>> second.blocks[0].types[0].elements
    ('B', 'A')
    """
    found, start = [], 0
    for part in text.split("|"):
        found.append(_Reader(part, start).phase())
        start += len(part) + 1
    contexts = {phase.context for phase in found} - {""}
    cues = {cue for phase in found for block in phase.blocks for each in block.types for cue in "".join(each.elements)}
    if both := sorted(contexts & cues):
        raise ValueError(f"a context must have another name than the cues; got {both[0]!r} for both in {text!r}")
    return found


class _Reader:
    """Reads one phase from left to right, and knows where it stands."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.at = text.rstrip(), start, len(text) - len(text.lstrip())

    def phase(self) -> Phase:
        text = self.text[self.at :]
        if rest := _REST.fullmatch(text):
            return Phase(text, "", (), 1, _seconds(rest))
        sessions = _SESSIONS.search(self.text)
        if sessions:
            self.text = self.text[: sessions.start()]
        context = self.take(_CONTEXT)
        blocks = self.blocks()
        n = int(sessions["n"]) if sessions else 1
        if n < 1:
            raise self.error("a phase must have at least one session", repr(text))
        apart = _seconds(sessions) if sessions and sessions["number"] else 0.0
        return Phase(text, context["name"] if context else "", blocks, n, apart)

    def blocks(self) -> tuple[Block, ...]:
        """Blocks between commas; one without a number takes that of the next."""
        found: list[Block] = []
        waiting: list[tuple[Type, ...]] = []
        while True:
            waiting.append(self.cycle() if self.take(re.compile(r"\s*\(\s*")) else (self.type(),))
            if (times := self.take(_TIMES)) is not None:
                if int(times["times"]) < 1:
                    raise self.error("every type must come at least once", times[0].strip(), len(times[0].strip()))
                found += [Block(each, int(times["times"])) for each in waiting]
                waiting = []
            if self.take(re.compile(r"\s*[,/]\s*")) is None:
                break
        if self.at < len(self.text):
            raise self.unknown()
        return (*found, *(Block(each, 1) for each in waiting))

    def cycle(self) -> tuple[Type, ...]:
        """Types between brackets, in this order."""
        found = []
        while self.take(re.compile(r"\s*\)")) is None:
            found.append(self.type())
            if self.at == len(self.text):
                raise self.error("a cycle must end with ')'", repr(self.text.strip()))
            self.take(re.compile(r"\s*[,/]?\s*"))
        if not found:
            raise self.error("a cycle must hold at least one type", "()", 1)
        return tuple(found)

    def type(self) -> Type:
        match = _TYPE.match(self.text, self.at)
        if match is None:
            raise self.unknown()
        self.at = match.end()
        chance = 1.0 if match["chance"] is None else float(match["chance"]) / 100
        strong = match["sign"] == "#"
        if chance > 1 or (match["sign"] != "+" and match["size"]) or (match["sign"] == "-" and match["chance"]):
            raise self.error("a size or a chance (of at most 100 %) must follow a +", repr(match[0]), len(match[0]))
        elements = _elements(match["stimuli"])
        letters = "".join(elements)
        if len(set(letters)) < len(letters):
            raise self.error("a stimulus must come once in a compound", repr(match["stimuli"]), len(match[0]))
        pulse = {"*": 1, "~": -1, "": 0}[match["pulse"]]
        size = 2.0 if strong else float(match["size"] or 1.0)
        return Type(match[0], elements, size, 0.0 if match["sign"] == "-" else chance, pulse, bool(match["probe"]))

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what stands here, if it is what is looked for, and go past it."""
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def unknown(self) -> ValueError:
        rest = self.text[self.at :]
        stops = re.split(r"[,/)]", rest.strip())[0].strip()
        self.at += len(rest) - len(rest.lstrip())
        return self.error("text must be made of types such as 'A+ x40', 'AX-?', 'B+50%*' or '(A+ B-) x20'", repr(stops))

    def error(self, rule: str, got: str, back: int = 0) -> ValueError:
        place = self.start + self.at - back + 1
        return ValueError(f"{rule}; got {got} in phase {self.text.strip()!r}, character {place} of text")


def _elements(stimuli: str) -> tuple[str, ...]:
    """Compounds that come one after another, with an empty one for each gap."""
    parts = _ARROW.split(stimuli)
    found = [parts[0]]
    for arrow, compound in zip(parts[1::2], parts[2::2], strict=True):
        found += ["", compound] if arrow in ("-gap-", "..") and compound else [compound]
    return tuple(found)


def _seconds(match: re.Match[str]) -> float:
    return float(match["number"]) * _SECONDS[match["unit"]]
