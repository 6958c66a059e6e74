"""Published results of SMAA on stored samples of measurements and weights (method.md 2.4)."""

import numpy as np
import pytest
from pandas import DataFrame

from kamnb.methods.acceptability import measure_entropy, tally_ranks
from tests.methods.published import find_published


def sample(name):
    """Weights, measurements (draws x alternatives x criteria) and scores of a stored sample."""
    with np.load(find_published("smaa") / f"{name}.npz") as file:
        weights, measured = (file[key] for key in ("weights", "measurements"))
    return weights, measured, np.einsum("dac,dc->da", measured, weights)


def confidence(measured, central):
    """How often each alternative is best under its own central weights."""
    best = [np.argmax(measured @ weights, axis=1) for weights in central]
    return [float(np.mean(first == alternative)) for alternative, first in enumerate(best)]


@pytest.mark.oracle("O6")
def test_two_alternatives():
    weights, measured, scores = sample("thrombo")
    ranks, central = tally_ranks([(weights, scores)], places=2)
    assert ranks[:, 0] == pytest.approx([0.3504, 0.6496], abs=5e-5)
    assert ranks[:, 1] == pytest.approx([0.6496, 0.3504], abs=5e-5)
    assert central == pytest.approx(np.array([[0.1865, 0.2772, 0.5363], [0.4073, 0.3641, 0.2285]]), abs=1e-4)
    assert confidence(measured, central) == pytest.approx([0.6682, 0.8956], abs=1e-3)
    assert measure_entropy(DataFrame(ranks)).tolist() == pytest.approx([0.9344, 0.9344], abs=1e-4)


@pytest.mark.oracle("O6")
def test_two_alternatives_under_fixed_weights():
    _, measured, _ = sample("thrombo")
    fixed = np.repeat([[0.5, 0.2, 0.3]], len(measured), axis=0)
    ranks, _ = tally_ranks([(fixed, measured @ fixed[0])], places=2)
    assert ranks[:, 0] == pytest.approx([0.1279, 0.8721], abs=5e-5)


@pytest.mark.oracle("O7")
def test_five_alternatives_under_ordinal_weights():
    weights, measured, scores = sample("hansen")
    ranks, central = tally_ranks([(weights[:4000], scores[:4000]), (weights[4000:], scores[4000:])], places=5)
    published = [[0.0244, 0.2601, 0.3195, 0.3216, 0.0744], [0.145, 0.3298, 0.2559, 0.2207, 0.0486],
                 [0.6002, 0.1156, 0.098, 0.0616, 0.1246], [0.0768, 0.1304, 0.1895, 0.2254, 0.3779],
                 [0.1536, 0.1641, 0.1371, 0.1707, 0.3745]]
    assert ranks == pytest.approx(np.array(published), abs=3e-4)
    assert confidence(measured, central) == pytest.approx([0.1183, 0.5217, 0.986, 0.5188, 0.6458], abs=2e-3)
