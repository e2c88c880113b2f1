"""What is measured of a run for each expectation: a number, and the time that it is about."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from patrolcar_sim.scenario.comparison import Comparison
from patrolcar_sim.scenario.format import Expectation
from patrolcar_sim.scenario.recording import Recording

US = 1e-6
SPEED_S = 0.05  # speeds are taken over this time


class Outcome(NamedTuple):
    """How an expectation came out: `measured` for a person, `at_s` where to look."""

    passed: bool
    measured: str
    at_s: float | None = None


class Measured(NamedTuple):
    """A number, None where there is none and `why`; and the time that it is about."""

    value: float | None
    at_s: float | None = None
    why: str = ""


Measure = Callable[[Recording, float, float], Measured]


def judge(expectation: Expectation, run: Recording, measure: Measure | None) -> Outcome:
    """Whether the run was as expected."""
    begin, end = expectation.window.from_us * US, expectation.window.until_us * US
    target = expectation.target
    if run.end_s < end - 0.02:
        why = f"the run ended at {run.end_s:.2f} s: {run.died or 'no reason known'}"
        return Outcome(False, why, run.end_s)
    if isinstance(target, Comparison):
        if expectation.name == "telemetry":
            return _telemetry(expectation.what, target, run, begin, end)
        if expectation.name == "rates":
            found = _rate(expectation.what, run, begin, end)
        else:
            assert measure is not None
            found = measure(run, begin, end)
        if found.value is None:
            return Outcome(False, found.why, found.at_s)
        value = float(f"{found.value:.9g}")
        return Outcome(target.holds(value), target.shown(value), found.at_s)
    return _WORDS[expectation.name](target, run, begin, end)


# -- the world's truth ---------------------------------------------------------------------------


def distance(run: Recording, begin: float, end: float) -> Measured:
    return Measured(run.at(end).distance - run.at(begin).distance, end)


def contacts(run: Recording, begin: float, end: float) -> Measured:
    return _count([at for at, _ in run.contacts if begin <= at <= end])


def coverage(run: Recording, begin: float, end: float) -> Measured:
    return Measured(100 * run.at(end).coverage, end)


def speeds(run: Recording, begin: float, end: float) -> list[tuple[float, float]]:
    """Times and speeds of a window, each over the SPEED_S before it."""
    found = []
    samples = run.within(begin - SPEED_S, end)
    back = 1
    while back < len(samples) and samples[back].time_s - samples[0].time_s < SPEED_S - 1e-9:
        back += 1
    for before, sample in zip(samples, samples[back:], strict=False):
        span = sample.time_s - before.time_s
        found.append((sample.time_s, math.hypot(sample.x - before.x, sample.y - before.y) / span))
    return found


def speed(run: Recording, begin: float, end: float) -> Measured:
    return _largest(speeds(run, begin, end), "the window is too short for a speed")


def time_to_stop(run: Recording, begin: float, end: float) -> Measured:
    still = run.standstill(begin, end)
    if still is None:
        return Measured(None, end, f"it still moves at {end:.2f} s")
    return Measured(still.time_s - begin, still.time_s)


def stopping_distance(run: Recording, begin: float, end: float) -> Measured:
    still = run.standstill(begin, end)
    if still is None:
        return Measured(None, end, f"it still moves at {end:.2f} s")
    return Measured(still.distance - run.at(begin).distance, still.time_s)


# -- what the car says ---------------------------------------------------------------------------


def position_error(run: Recording, begin: float, end: float) -> Measured:
    return _largest(run.position_errors(begin, end), "no LOCAL_POSITION_NED came")


def final_position_error(run: Recording, begin: float, end: float) -> Measured:
    errors = run.position_errors(begin, end)
    if not errors:
        return Measured(None, end, "no LOCAL_POSITION_NED came")
    at, error = errors[-1]
    return Measured(error, at)


def frames_lost(run: Recording, begin: float, end: float) -> Measured:
    return _count([at for at in run.lost if begin <= at <= end])


def frames_dropped(run: Recording, begin: float, end: float) -> Measured:
    return _sum(run.counted("frames_dropped", begin, end))


def overruns(run: Recording, begin: float, end: float) -> Measured:
    return _sum(run.counted("overruns", begin, end))


def resets(run: Recording, begin: float, end: float) -> Measured:
    return _count([at for at, _ in run.resets if begin <= at <= end])


def exceptions(run: Recording, begin: float, end: float) -> Measured:
    times = []
    for at, text in run.console:
        times += [at] * text.count("Traceback (most recent call last)")
    return _count([at for at in times if begin <= at <= end])


def _count(times: list[float]) -> Measured:
    return Measured(len(times), times[0] if times else None)


def _sum(rises: list[tuple[float, int]]) -> Measured:
    return Measured(sum(value for _, value in rises), rises[0][0] if rises else None)


def _largest(values: list[tuple[float, float]], why: str) -> Measured:
    if not values:
        return Measured(None, None, why)
    at, value = max(values, key=lambda entry: entry[1])
    return Measured(value, at)


def _rate(kind: str, run: Recording, begin: float, end: float) -> Measured:
    return Measured(len(run.said_by(kind, begin, end)) / (end - begin), end)


# -- fields, modes, texts ------------------------------------------------------------------------


def field_values(what: str, run: Recording, begin: float, end: float) -> list[tuple[float, float]]:
    """Times and values of `MESSAGE.field` or `MESSAGE[instance].field`."""
    message, _, field = what.partition(".")
    name, _, instance = message.partition("[")
    found: list[tuple[float, float]] = []
    for at, sent in run.said_by(name, begin, end):
        key: Any = getattr(type(sent), "instance_field", None)
        if instance and str(getattr(sent, key)) != instance.rstrip("]"):
            continue
        found.append((at, getattr(sent, field)))
    return found


def _telemetry(what: str, target: Comparison, run: Recording, begin: float, end: float) -> Outcome:
    values = field_values(what, run, begin, end)
    if not values:
        return Outcome(False, f"no {what.split('.')[0]} came", end)
    if target.which == "every":
        for at, value in values:
            if not target.holds(value):
                return Outcome(False, f"{target.shown(value)} at {at:.2f} s", at)
        numbers = [value for _, value in values]
        low, high = (target.shown(number) for number in (min(numbers), max(numbers)))
        return Outcome(True, low if low == high else f"{low} .. {high}")
    pick: dict[str, Callable[[], tuple[float, float]]] = {
        "min": lambda: min(values, key=lambda entry: entry[1]),
        "max": lambda: max(values, key=lambda entry: entry[1]),
        "first": lambda: values[0],
        "last": lambda: values[-1],
        "mean": lambda: (end, sum(value for _, value in values) / len(values)),
    }
    at, value = pick[target.which]()
    return Outcome(target.holds(value), f"{target.which} {target.shown(value)}", at)


def _modes(target: Any, run: Recording, begin: float, end: float) -> Outcome:
    """In that order; the one that it is in at the window's start counts too."""
    seen = _seen(run, begin, end)
    wanted = list(target)
    for _, mode in seen:
        if wanted and mode == wanted[0]:
            wanted.pop(0)
    measured = " -> ".join(mode for _, mode in seen) or "none"
    return Outcome(not wanted, measured, end if wanted else None)


def _never(target: Any, run: Recording, begin: float, end: float) -> Outcome:
    seen = _seen(run, begin, end)
    wrong = [at for at, mode in seen if mode in target]
    measured = " -> ".join(mode for _, mode in seen) or "none"
    return Outcome(not wrong, measured, wrong[0] if wrong else None)


def _seen(run: Recording, begin: float, end: float) -> list[tuple[float, str]]:
    modes = [entry for entry in run.modes() if entry[0] <= end]
    before = [entry for entry in modes if entry[0] < begin]
    return before[-1:] + [entry for entry in modes if entry[0] >= begin]


def _final_mode(target: Any, run: Recording, begin: float, end: float) -> Outcome:
    seen = _seen(run, begin, end)
    if not seen:
        return Outcome(False, "no mode was told", end)
    at, mode = seen[-1]
    return Outcome(mode == target, f"{mode} since {at:.2f} s", at)


def _texts(target: Any, run: Recording, begin: float, end: float) -> Outcome:
    said = [text for text in run.texts() if begin <= text.time_s <= end]
    missing = [one for one in target if not any(one in text.text for text in said)]
    if not missing:
        return Outcome(True, "said")
    return Outcome(False, f"not said: {', '.join(map(repr, missing))}", end)


def _no_texts(target: Any, run: Recording, begin: float, end: float) -> Outcome:
    for text in run.texts():
        if begin <= text.time_s <= end and any(one in text.text for one in target):
            return Outcome(False, f"said {text.text!r} at {text.time_s:.2f} s", text.time_s)
    return Outcome(True, "not said")


_WORDS: dict[str, Callable[[Any, Recording, float, float], Outcome]] = {
    "modes": _modes,
    "modes_not": _never,
    "final_mode": _final_mode,
    "texts": _texts,
    "texts_not": _no_texts,
}
