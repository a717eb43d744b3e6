"""The memory of a mechanism: its own, beside that of the agent inside."""

from collections.abc import Callable
from typing import Any


class MechanismMemory:
    """Memory of a mechanism: its own, beside that of the agent inside.

    What else is asked of it, such as `q` or `n_agents`, is answered by the memory of the agent inside.

    Parameters
    ----------
    inner : memory
        Of the agent inside.
    own : Any
        What `Mechanism.create_memory` returned.
    create : callable, optional
        Makes `own` when it is first asked for, in place of `own`: an idle mechanism needs none.

    Attributes
    ----------
    inner, own
        As above; of one type each, whatever the values of the parameters. `inner` cannot be set.
    observing : bool
        Whether the mechanism was at work when the memory was made.
    choice_seen, step_seen : bool
        Whether what the hooks return for a choice, and for a step, has been looked at, which happens once each.

    Examples
    --------
    >>> import rpe
    >>> tired = rpe.mechanisms.Fatigue(rpe.agents.QLearner())
    >>> memory = tired.init(rpe.tasks.monolithic(), n_agents=2)
    >>> type(memory.inner).__name__
    'TableMemory'
    """

    own: Any

    def __init__(self, inner: Any, own: Any = None, *, create: Callable[[], Any] | None = None) -> None:
        # All memories inside, so that any number of idle mechanisms is passed in one look-up.
        self._layers: tuple[Any, ...] = (inner, *inner._layers) if isinstance(inner, MechanismMemory) else (inner,)
        self.observing, self._create = create is None, create
        self.choice_seen = self.step_seen = False
        if create is None:
            self.own = own

    @property
    def inner(self) -> Any:
        """The memory of the agent inside."""
        return self._layers[0]

    def __getattr__(self, name: str) -> Any:
        # Python comes here only for what this object does not hold itself.
        if name == "own" and "_create" in self.__dict__ and self._create is not None:
            self.own = self._create()
            return self.own
        if name in ("own", "observing", "choice_seen", "step_seen", "_create", "_layers") or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._layers[0], name)
