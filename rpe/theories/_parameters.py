"""How the fields of theories are typed: what may be given, and what is kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from rpe._checks import Floats
from rpe.schedules import Schedule

# A representation by name, features themselves, or what makes them from a schedule.
Features = str | npt.ArrayLike | Callable[[Schedule], npt.ArrayLike]


class Parameter:
    """A parameter that is given as a number or one per agent, and kept as an array.

    The class only tells type checkers so; nothing of it runs. `default[0.1]` is 0.1.
    """

    if TYPE_CHECKING:

        def __get__(self, theory: object, owner: type | None = None) -> Floats: ...

        def __set__(self, theory: object, value: npt.ArrayLike) -> None: ...


class OptionalParameter:
    """A parameter that may also be None."""

    if TYPE_CHECKING:

        def __get__(self, theory: object, owner: type | None = None) -> Floats | None: ...

        def __set__(self, theory: object, value: npt.ArrayLike | None) -> None: ...


class _Default:
    """What gives a default the type of its field: a descriptor has no other way to state one."""

    def __getitem__(self, value: float | None) -> Any:
        return value


default = _Default()
