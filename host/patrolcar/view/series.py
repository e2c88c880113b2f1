"""Time series in numpy: the last samples or all of them, always one contiguous slice."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Series:
    """Samples of `columns` values with their times (seconds), oldest first.

    With `capacity` the oldest samples fall out; without it the series keeps everything. The buffer
    is twice as long as what it keeps, so that a window is a slice of it and never a copy, and
    appending costs one row (and, once in `capacity` samples, one move).
    """

    def __init__(self, columns: int, capacity: int | None = None) -> None:
        self._capacity = capacity
        self._data: Floats = np.empty((2 * (capacity or 512), columns + 1))
        self._start = 0
        self._end = 0

    def __len__(self) -> int:
        return self._end - self._start

    def append(self, time_s: float, *values: float) -> None:
        """Adds one sample; times must not fall (that is the caller's business)."""
        if self._end == len(self._data):
            self._make_room()
        row = self._data[self._end]
        row[0] = time_s
        row[1:] = values
        self._end += 1
        if self._capacity is not None and self._end - self._start > self._capacity:
            self._start += 1

    def _make_room(self) -> None:
        kept = self._data[self._start : self._end]
        if self._capacity is None:
            self._data = np.empty((2 * len(self._data), self._data.shape[1]))
        self._data[: len(kept)] = kept
        self._start, self._end = 0, len(kept)

    def clear(self) -> None:
        """Forgets all samples."""
        self._start = self._end = 0

    def window(self, since_s: float | None = None) -> tuple[Floats, Floats]:
        """Times (n,) and values (n, columns) from `since_s` on; valid until the next append."""
        start = self._start
        if since_s is not None:
            start += int(np.searchsorted(self._data[start : self._end, 0], since_s))
        part = self._data[start : self._end]
        return part[:, 0], part[:, 1:]


def decimate(time_s: Floats, value: Floats, pixels: int) -> tuple[Floats, Floats]:
    """At most `2 * pixels` samples that draw the same picture: the least and greatest per pixel.

    NaN (a gap) stays a gap where a whole pixel is NaN.
    """
    if len(time_s) <= 2 * pixels:
        return time_s, value
    size = -(-len(time_s) // pixels)
    pad = -len(time_s) % size
    times = np.concatenate((time_s, np.full(pad, time_s[-1]))).reshape(-1, size)
    values = np.concatenate((value, np.full(pad, np.nan))).reshape(-1, size)
    gap = np.isnan(values).all(axis=1)
    low = np.where(np.isnan(values), np.inf, values).argmin(axis=1)
    high = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    rows = np.arange(len(values))[:, None]
    pick = np.sort(np.stack((low, high), axis=1), axis=1)
    out = values[rows, pick]
    out[gap] = np.nan
    return times[rows, pick].ravel(), out.ravel()


def break_wraps(angle: Floats, half_turn: float) -> Floats:
    """A copy of an angle's curve with a gap where it jumps by more than half a turn."""
    out: Floats = angle.copy()
    out[1:][np.abs(np.diff(angle)) > half_turn] = np.nan
    return out
