"""Settings as a board keeps them: read at boot, written by `patrol calibrate`.

    settings = load(log, say)          # {name: value}; what is refused is said, and is the default
    save(log, {"track": 13_040})       # the others stay; ValueError by name

A record of an older layout is taken over as far as it goes; one of a newer layout is refused.
"""

from struct import pack, unpack_from

from patrol.store import log as types
from patrol.store.table import LAYOUT, TABLE

_WARNING, _INFO = 4, 6


def defaults():
    """{name: value} as a car without calibration has them."""
    return {row[0]: row[4] for row in TABLE}


def parameters(values):
    """What link.parameters needs: values in the table's order, names in one piece of bytes in
    capitals, each with a | behind it, and lowest and highest of each, one behind the other."""
    names = "".join([row[0].upper() + "|" for row in TABLE])
    ranges = []
    for row in TABLE:
        ranges.extend(row[2:4])
    return [values[row[0]] for row in TABLE], names.encode(), tuple(ranges)


def refusal(name, value):
    """Why a setting cannot have this value, in words; None when it can."""
    for known, _, lowest, highest, _, _ in TABLE:
        if known == name:
            if type(value) is not int or not lowest <= value <= highest:
                return "setting %s %s refused: %d..%d" % (name, value, lowest, highest)
            return None
    return "setting %s is not known" % name


def load(log, say):
    """{name: value}, every one within its range; `say(severity, text)` tells what is not used."""
    values = defaults()
    if log.trouble is not None:
        say(_WARNING, log.trouble)
    record = log.newest(types.SETTINGS)
    if record is None:
        return values
    layout, payload = record
    rows = [row for row in TABLE if row[5] <= layout]
    if layout > LAYOUT:
        say(_WARNING, b"settings refused: layout %d, known up to %d" % (layout, LAYOUT))
    elif len(payload) != 4 * len(rows):
        say(_WARNING, b"settings refused: not as long as layout %d is" % layout)
    else:
        for i in range(len(rows)):
            name = rows[i][0]
            value = unpack_from("<i", payload, 4 * i)[0]
            reason = refusal(name, value)
            if reason is None:
                values[name] = value
            else:
                say(_WARNING, reason.encode())
        if layout < LAYOUT:
            say(_INFO, b"settings of layout %d taken over" % layout)
    return values


def save(log, changes):
    """Appends all settings with these changes. ValueError by name, OSError when it is full."""
    for name in changes:
        reason = refusal(name, changes[name])
        if reason is not None:
            raise ValueError(reason)
    values = load(log, lambda severity, text: None)
    values.update(changes)
    payload = b"".join([pack("<i", values[row[0]]) for row in TABLE])
    if not log.append(types.SETTINGS, LAYOUT, payload):
        raise OSError("settings not stored: %s" % (log.trouble or b"no room").decode())
