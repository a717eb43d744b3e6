"""Fast ways through a simulation, behind one door; tests hold each against the agents' own methods."""

from rpe.simulate._fast.dispatch import PageOfTrials, fast_way, saves_time

__all__ = ["PageOfTrials", "fast_way", "saves_time"]
