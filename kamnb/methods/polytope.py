"""Points drawn uniformly from a bounded region of weights by walks that start inside it."""

from __future__ import annotations

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import linprog

from kamnb.errors import InputError

WALKS = 200  # walks at least; with many draws each walk gives up to ten of them
BURN, THIN = 300, 30  # steps before the first point of a walk counts (fewer for a first look), and between those that count
SLACK = 1e-9


def walk_polytope(rows: np.ndarray, limits: np.ndarray, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """`draws` points w with rows @ w <= limits and sum(w) = 1, uniform on that region, one per row.

    Hit-and-run: every walk moves along a random line to a random point of it inside the region.  The lines follow the
    spread of all walks, so that flat regions are crossed as fast as round ones.  A region without volume (a weight
    that is fixed, an order both ways) is walked within its own dimension.  Raises InputError for an empty region.
    """
    inside, tight = _find_inside(rows, limits)
    basis = null_space(np.vstack([np.ones(rows.shape[1]), rows[tight]]))
    if not basis.shape[1]:
        return np.repeat(inside[None, :], draws, axis=0)
    faces, room = rows[~tight] @ basis, limits[~tight] - rows[~tight] @ inside
    points = np.zeros((min(draws, max(WALKS, -(-draws // 10))), basis.shape[1]))
    burn = min(BURN, 60 + draws // 4)
    kept, ends = [], burn + THIN * (-(-draws // len(points)) - 1)
    for step in range(ends + 1):
        points = _move(points, (faces, room), lines=_choose_lines(points, spread=step > 4, rng=rng), rng=rng)
        if step >= burn and (step - burn) % THIN == 0:
            kept.append(points)
    return inside + np.concatenate(kept)[:draws] @ basis.T


def _choose_lines(points: np.ndarray, *, spread: bool, rng: np.random.Generator) -> np.ndarray:
    """A random direction for every walk, longer where the walks lie further apart."""
    lines = rng.standard_normal(points.shape)
    if not spread or len(points) <= points.shape[1]:
        return lines
    shape = np.cov(points, rowvar=False).reshape(points.shape[1], -1)
    return lines @ np.linalg.cholesky(shape + np.eye(len(shape)) * (1e-9 * np.trace(shape) + 1e-300)).T


def _move(points: np.ndarray, region: tuple[np.ndarray, np.ndarray], *, lines: np.ndarray, rng: np.random.Generator
          ) -> np.ndarray:
    """Every walk at a random place of its line within the region (faces, and room between them and the start)."""
    faces, room = region
    speed, left = lines @ faces.T, np.maximum(room - points @ faces.T, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = left / speed
    ahead = np.where(speed > 0, reach, np.inf).min(axis=1)
    behind = np.where(speed < 0, reach, -np.inf).max(axis=1)
    return points + (behind + (ahead - behind) * rng.random(len(points)))[:, None] * lines


def _find_inside(rows: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A point well inside the region, and which rows hold as equations everywhere in it."""
    point, slack = _most_slack(rows, limits, np.ones(len(rows)))
    if slack > SLACK:
        return point, np.zeros(len(rows), dtype=bool)
    each = [_most_slack(rows, limits, face) for face in np.eye(len(rows))]
    return np.mean([p for p, _ in each], axis=0), np.array([s <= SLACK for _, s in each])


def _most_slack(rows: np.ndarray, limits: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, float]:
    """The point of the region farthest from the rows that are counted, and its least distance to them."""
    count = rows.shape[1]
    system = np.hstack([rows, counted[:, None]])
    found = linprog([0.0] * count + [-1.0], A_ub=system, b_ub=limits, A_eq=[[1.0] * count + [0.0]], b_eq=[1.0],
                    bounds=[(None, None)] * count + [(0, 1)])
    if not found.success:
        raise InputError("bounds and orders of the weights leave no room", "criteria", "Widen the bounds, or drop an order.")
    return found.x[:count], float(found.x[-1])
