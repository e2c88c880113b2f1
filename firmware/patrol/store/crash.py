"""Crash records: what went wrong, kept over resets until a person has read it.

    note(log, kind, error, schedule)   # after an exception, motors off
    boot(log)                          # first of all at boot: did the watchdog end the last run?
    early(log)                         # crashes in a row, each within a minute of its boot
    tell(log, say)                     # what the last one was, as STATUSTEXT
    start(say)                         # what this boot came from, as STATUSTEXT

Layout 1: uptime in s, kind, number in its run, cause of the reset before it, version, build; then
a text: a line with the loop's times, and the innermost frames of the trace.
"""

from struct import pack, unpack_from

import stm
from machine import PWRON_RESET, WDT_RESET, reset_cause

from patrol.portable import const
from patrol.store import log as types
from patrol.version import BUILD, VERSION

LAYOUT = const(1)
HEAD = "<IBBBBBBBB8s"
HEAD_BYTES = const(20)
_TEXT = const(480)
_EARLY_S = const(60)

# Kinds.
LOOP = const(0)  # an exception of a task; the loop went on without motors
START = const(1)  # the firmware could not start
WATCHDOG = const(2)  # the loop hung until the watchdog came

# The loop tells its uptime in s here, below the mark (app.py has it too). It survives all but a
# power-off.
UPTIME = stm.RTC + stm.RTC_BKP19R
MARK = const(0x2A000000)

# STATUSTEXTs by machine.reset_cause(), stm32: soft, power-on, pin, watchdog, deep sleep. Power-on
# and brown-out set the same flags (RM0090 section 7.3.21, which the port clears at boot).
_BEGUN = (
    (6, b"started by a soft reset"),
    (6, b"started by power-on"),
    (6, b"started by the reset pin"),
    (3, b"started by the watchdog"),
    (6, b"started from deep sleep"),
)
_NEVER = const(-1)
_dip_s = _NEVER


def trace(error):
    """The innermost frames and the exception itself, each a line `file:line function`."""
    from patrol.store.places import told

    lines = []
    for line in told(error):
        words = line.split('"')
        if len(words) == 3:
            place = words[2].replace(", line ", ":").replace(", in ", " ")
            lines.append(words[1] + place)
        elif not line.startswith("Traceback"):
            lines.append(line)
    return lines


def _times(schedule):
    text = "load %d/1000, worst tick %d us, %d overruns; tasks us:" % (
        schedule.load_permille,
        schedule.worst_us,
        schedule.overruns,
    )
    for i in range(len(schedule.names)):
        text += " %s %d" % (schedule.names[i], schedule.task_worst_us[i])
    return text


def note(log, kind, error=None, schedule=None, number=1, uptime_s=0):
    """Writes a record; False where it cannot be stored."""
    times = ""
    if schedule is not None:
        times = _times(schedule)
        uptime_s = schedule.ms // 1000
    lines = [] if error is None else trace(error)
    while len(lines) > 2 and len(times) + sum([len(line) + 1 for line in lines]) > _TEXT:
        del lines[0]  # the outermost frame
    text = "\n".join([times] + lines).encode()[:_TEXT]
    head = pack(HEAD, uptime_s, kind, number, reset_cause(), 0, *VERSION, 0, BUILD)
    return log.append(types.CRASH, LAYOUT, head + text)


def boot(log):
    """Writes a record when the watchdog ended the last run, whose uptime is in the RTC.

    A power-on that finds an uptime there was a dip of the supply, too short for the RTC's domain
    to lose it; `start` tells it. It is no crash of the firmware's.
    """
    global _dip_s
    seen = stm.mem32[UPTIME]
    stm.mem32[UPTIME] = 0
    if seen & ~0xFFFFFF != MARK:
        return
    cause = reset_cause()
    if cause == WDT_RESET:
        note(log, WATCHDOG, uptime_s=seen & 0xFFFFFF)
    elif cause == PWRON_RESET:
        _dip_s = seen & 0xFFFFFF


def start(say):
    """Says what this boot came from, once; machine.reset_cause()."""
    global _dip_s
    cause = reset_cause()
    if _dip_s != _NEVER:
        say(3, b"brown-out: the supply dipped %d s after boot" % _dip_s)
        _dip_s = _NEVER
    elif cause < len(_BEGUN):
        say(*_BEGUN[cause])
    return cause


def _since(log, *marks):
    """Yields the crash records behind the newest of these marks, oldest first; one at a time is
    read, since they may be more than the heap holds."""
    found = []
    for at in log.records():
        kind = log.kind(at)
        if kind == types.CRASH:
            found.append(at)
        elif kind in marks and log.read(at) is not None:
            found = []
    for at in found:
        record = log.read(at)
        if record is not None and record[1] == LAYOUT and len(record[3]) >= HEAD_BYTES:
            yield record


def early(log):
    """How many runs of this very build have ended within a minute, one after the other."""
    count = 0
    for record in _since(log, types.LIVED, types.CLEARED):
        head = unpack_from(HEAD, record[3], 0)
        if head[9] != pack("8s", BUILD) or head[0] >= _EARLY_S:
            count = 0
        elif head[2] == 1:
            count += 1
    return count


def tell(log, say):
    """Says what crashed since the car last ran for a minute; True if there is anything."""
    payload = None
    count = 0
    for record in _since(log, types.LIVED, types.CLEARED):
        payload = record[3]
        count += 1
    if payload is None:
        return False
    uptime_s = unpack_from("<I", payload, 0)[0]
    frames = payload[HEAD_BYTES:].rstrip(b"\0").split(b"\n")[1:]
    what = frames[-1] if frames else b"watchdog: the loop hung"
    say(2, (b"crash: " + what)[:50])
    if len(frames) > 1:
        say(3, (b"at " + frames[-2])[-50:])
    say(3, b"%d s after boot, %d in all: patrol crash" % (uptime_s, count))
    return True


def forgive(log):
    """The car has run for a minute."""
    log.append(types.LIVED, LAYOUT, b"")


def clear(log):
    """A person has read everything."""
    log.append(types.CLEARED, LAYOUT, b"")


def dump(log):
    """Prints each record that was not cleared, for `patrol crash`: sequence, layout, hex."""
    if log.trouble is not None:
        print("trouble", log.trouble.decode())
    for record in _since(log, types.CLEARED):
        print("crash", record[2], record[1], record[3].hex())
