"""Theories beside animals
=======================

Blocking, negative patterning and inhibition as animals showed them, and as three theories do.

The published values come with the library (`rpe.scorecard.animals`). A model's response is its mean value while the
cue is on; the score is the correlation with the published values, over five orders of trials. It forgives level and
scale, so the key contrasts of each experiment are judged as well.
"""

import rpe
from rpe.scorecard import animals

theories = {
    "Rescorla-Wagner": rpe.theories.RescorlaWagner(),
    "Pearce, configural": rpe.theories.PearceConfigural(),
    "Mackintosh": rpe.theories.Mackintosh(),
}
experiments = [
    "overshadowing_and_blocking",
    "negative_patterning_three_cues",
    "extinction_of_conditioned_inhibition",
]
found = animals.compare(theories, experiments, rng=0)
print(found)
for sentence in animals.sentences(found):
    print(sentence)

# %%
# Points are the animals, lines the models, shades hold 95 % of the orders.
figure = animals.figure(found)

# %%
# The schedules are designs in the notation of a methods section, fixed cycles included.
for group in animals.load("negative_patterning_three_cues").groups:
    print(group.name, group.text)
