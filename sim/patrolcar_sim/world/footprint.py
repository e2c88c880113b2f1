"""Footprints: obstacles seen from above as convex polygons, and distances to them.

A footprint is the part of a geom between two heights (the car's lowest and highest point), so
that a table is its legs and not its top.
"""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np
import numpy.typing as npt

from patrolcar.errors import PatrolError

Points = npt.NDArray[np.float64]

_ROUND = 32
_PLANE_SIZE = 20.0
_BOX_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
_BOX_EDGES = np.array(
    [[a, b] for a in range(8) for b in range(a) if bin(a ^ b).count("1") == 1], int
)


def _ball(rings: int = 16) -> tuple[Points, npt.NDArray[np.int64]]:
    """A unit ball's points and edges, poles on z."""
    turn = np.arange(_ROUND) * 2 * np.pi / _ROUND
    lift = (np.arange(rings) + 0.5) * np.pi / rings - np.pi / 2
    points = np.array(
        [[np.cos(v) * np.cos(u), np.cos(v) * np.sin(u), np.sin(v)] for v in lift for u in turn]
    )
    return points, _ring_edges(rings)


def _ring_edges(rings: int) -> npt.NDArray[np.int64]:
    edges = []
    for ring in range(rings):
        for i in range(_ROUND):
            at = ring * _ROUND + i
            edges.append((at, ring * _ROUND + (i + 1) % _ROUND))
            if ring + 1 < rings:
                edges.append((at, at + _ROUND))
    return np.array(edges, np.int64)


def _shape(model: Any, geom: int) -> tuple[Points, npt.NDArray[np.int64]] | None:
    """Corner points in the geom's own frame, and which of them an edge joins."""
    kind = int(model.geom_type[geom])
    size = model.geom_size[geom]
    types = mujoco.mjtGeom
    if kind == types.mjGEOM_BOX:
        return _BOX_CORNERS * size, _BOX_EDGES
    if kind == types.mjGEOM_PLANE:
        half = np.where(size[:2] > 0, size[:2], _PLANE_SIZE)
        return _BOX_CORNERS * [half[0], half[1], 0.25] - [0, 0, 0.25], _BOX_EDGES
    if kind == types.mjGEOM_CYLINDER:
        turn = np.arange(_ROUND) * 2 * np.pi / _ROUND
        ring = np.stack([np.cos(turn) * size[0], np.sin(turn) * size[0]], axis=1)
        points = np.concatenate([np.c_[ring, np.full(_ROUND, z)] for z in (-size[1], size[1])])
        return points, _ring_edges(2)
    if kind in (types.mjGEOM_SPHERE, types.mjGEOM_ELLIPSOID, types.mjGEOM_CAPSULE):
        points, edges = _ball()
        if kind == types.mjGEOM_CAPSULE:
            lift = np.sign(points[:, 2:]) * [0, 0, size[1]]
            return points * size[0] + lift, edges
        return points * (size if kind == types.mjGEOM_ELLIPSOID else size[0]), edges
    if kind == types.mjGEOM_MESH:
        mesh = model.geom_dataid[geom]
        v0, f0 = model.mesh_vertadr[mesh], model.mesh_faceadr[mesh]
        points = model.mesh_vert[v0 : v0 + model.mesh_vertnum[mesh]].astype(float)
        faces = model.mesh_face[f0 : f0 + model.mesh_facenum[mesh]]
        return points, np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return None


def footprint(model: Any, data: Any, geom: int, low: float, high: float) -> Points | None:
    """The polygon (n, 2), anticlockwise, of a geom between two heights; None when it has none.

    Raises PatrolError (code 1) for a kind of geom whose shape is not a solid (height field).
    """
    shape = _shape(model, geom)
    if shape is None:
        raise PatrolError(
            f"geom {model.geom(geom).name!r} is a height field or SDF, not an obstacle: "
            "use boxes, cylinders or meshes, or name it floor..."
        )
    own, edges = shape
    points = own @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    # Cut every edge to the slab between the heights; what is left spans the footprint.
    rise = b[:, 2] - a[:, 2]
    flat = np.abs(rise) < 1e-12
    slope = np.where(flat, 1.0, rise)
    t0 = np.where(flat, 0.0, (low - a[:, 2]) / slope)
    t1 = np.where(flat, 1.0, (high - a[:, 2]) / slope)
    t0, t1 = np.clip(np.minimum(t0, t1), 0, 1), np.clip(np.maximum(t0, t1), 0, 1)
    ends = np.concatenate([a + (b - a) * t0[:, None], a + (b - a) * t1[:, None]])
    inside = (ends[:, 2] >= low - 1e-9) & (ends[:, 2] <= high + 1e-9)
    return hull(ends[inside, :2]) if inside.any() else None


def hull(points: Points) -> Points:
    """Convex hull of points in the plane, anticlockwise (Andrew's monotone chain)."""
    ordered = sorted({(round(x, 6), round(y, 6)) for x, y in points.tolist()})
    if len(ordered) < 3:
        return np.array(ordered)

    def chain(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in path:
            while len(out) >= 2 and _cross(out[-2], out[-1], p) <= 1e-12:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _cross(o: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def distance(polygon: Points, points: Points) -> npt.NDArray[np.float64]:
    """Distances of points (n, 2) to a convex polygon, anticlockwise; 0 inside."""
    best = np.full(len(points), np.inf)
    inside = np.ones(len(points), bool)
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        edge, way = b - a, points - a
        length = float(edge @ edge)
        along = np.clip(way @ edge / length, 0, 1) if length else np.zeros(len(points))
        away = way - along[:, None] * edge
        best = np.minimum(best, np.einsum("ij,ij->i", away, away))
        inside &= edge[0] * way[:, 1] - edge[1] * way[:, 0] >= 0
    return np.where(inside & (len(polygon) > 2), 0.0, np.sqrt(best))
