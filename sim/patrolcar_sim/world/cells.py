"""Grids of cells: what can be reached from one of them, and few rectangles that cover many."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.bool_]


def flood(open_: Cells, first: tuple[int, int]) -> Cells:
    """The open cells that are joined with one by common edges; none if that is not open.

    Works on runs of open cells along the second axis: a grid of a million in tens of ms.
    """
    rows, columns = open_.shape
    reached = np.zeros((rows, columns), bool)
    if not (0 <= first[0] < rows and 0 <= first[1] < columns and open_[first]):
        return reached
    padded = np.zeros((rows, columns + 2), np.int8)
    padded[:, 1:-1] = open_
    change = np.diff(padded, axis=1)
    row_of, begins = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    starts: list[int] = np.searchsorted(row_of, np.arange(rows + 1)).tolist()
    rows_of, begin, end = row_of.tolist(), begins.tolist(), ends.tolist()
    at = bisect_right(begin, first[1], starts[first[0]], starts[first[0] + 1]) - 1
    seen = bytearray(len(begin))
    seen[at] = 1
    todo = [at]
    while todo:
        at = todo.pop()
        row = rows_of[at]
        for beside in (row - 1, row + 1):
            if not 0 <= beside < rows:
                continue
            low, high = starts[beside], starts[beside + 1]
            for other in range(
                bisect_right(end, begin[at], low, high), bisect_left(begin, end[at], low, high)
            ):
                if not seen[other]:
                    seen[other] = 1
                    todo.append(other)
    kept = np.frombuffer(bytes(seen), bool)
    marks = np.zeros((rows, columns + 1), np.int8)
    marks[row_of[kept], begins[kept]] = 1
    marks[row_of[kept], ends[kept]] -= 1
    reached[:] = np.cumsum(marks, axis=1, dtype=np.int8)[:, :-1]
    return reached


def rectangles(needed: Cells, allowed: Cells | None = None) -> list[tuple[int, int, int, int]]:
    """Few rectangles (i0, j0, i1, j1), ends excluded, that cover all needed cells and only
    allowed ones (which the needed are among). Greedy: each grows one way, then the other,
    whichever order takes in more.
    """
    may: Cells = needed if allowed is None else allowed
    left = needed.copy()
    found = []
    for i, j in np.argwhere(needed).tolist():
        if not left[i, j]:
            continue
        j1 = j + _run(may[i, j:])
        i1 = i + _run(np.all(may[i:, j:j1], axis=1))
        i2 = i + _run(may[i:, j])
        j2 = j + _run(np.all(may[i:i2, j:], axis=0))
        if np.count_nonzero(left[i:i2, j:j2]) > np.count_nonzero(left[i:i1, j:j1]):
            i1, j1 = i2, j2
        taken = np.argwhere(left[i:i1, j:j1])
        (a, b), (c, d) = taken.min(axis=0).tolist(), taken.max(axis=0).tolist()
        left[i:i1, j:j1] = False
        found.append((i + a, j + b, i + c + 1, j + d + 1))
    return found


def _run(row: Cells) -> int:
    """How many of the first cells are true."""
    stop = int(row.argmin())
    return len(row) if row[stop] else stop
