"""Gymnasium's toy texts under the names and with the options that the installed version has."""

import inspect

import gymnasium as gym


def newest(family):
    """The newest version of an environment that this Gymnasium has."""
    names = [known for known in gym.registry if known.startswith(f"{family}-v")]
    return max(names, key=lambda known: int(known.rpartition("v")[2]))


TAXI = newest("Taxi")
# Rain and fickle passengers came with Gymnasium 1.2.
TAXI_OPTIONS = set(inspect.signature(gym.make(TAXI).unwrapped.__init__).parameters)
