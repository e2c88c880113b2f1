"""What a car's refusals mean: MAV_MISSION_RESULT in words, and what to do."""

from __future__ import annotations

ACCEPTED = 0
CANCELLED = 15
INVALID_SEQUENCE = 13
_PARAM1, _PARAM7 = 6, 12

_WORDS = {
    1: "it reports an error: ask again",
    2: "the frame of item {item} is not known to it",
    3: "the command of item {item} is not known to it",
    4: "it has no room for it: it keeps 64 items",
    5: "a value of item {item} cannot be",
    INVALID_SEQUENCE: "its mission does not have these items: download it to see what it has",
    14: "it is armed, so disarm it; or another ground station is sending it a mission",
    CANCELLED: "items did not come in time: check the line or the radio, and send it again",
}


def refusal(result: int, item: int, said: str = "") -> str:
    """Why a car has not taken a mission: `item` is the last that it asked for, `said` its text."""
    if _PARAM1 <= result <= _PARAM7:
        words = f"parameter {result - _PARAM1 + 1} of item {item} cannot be"
    else:
        words = _WORDS.get(result, f"MAV_MISSION_RESULT {result}").format(item=item)
    return f"the car refuses it: {words}" + (f" (it says: {said})" if said else "")
