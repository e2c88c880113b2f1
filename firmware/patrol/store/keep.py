"""What the running car asks of the store: its settings, its mission, and to keep what crashed."""

import board

from patrol.store import crash
from patrol.store.log import Log


def recall():
    """Settings by name and as parameters, the mission, (severity, text) to be said, whether it
    crashed, where uptime is told, and machine.reset_cause()."""
    from patrol.store.mission import find
    from patrol.store.settings import load, parameters

    said = []

    def say(severity, text):
        said.append((severity, text))

    log = Log(board.SETTINGS)
    cause = crash.start(say)
    settings = load(log, say)
    mission = find(log)
    return settings, parameters(settings), mission, said, crash.tell(log, say), crash.UPTIME, cause


def save(values):
    """Writes all settings, in the table's order: (severity, text) to be said."""
    from patrol.store import settings

    log = Log(board.SETTINGS)
    changes = {settings.TABLE[i][0]: values[i] for i in range(len(values))}
    try:
        settings.save(log, changes)
    except OSError as error:
        return 3, str(error).encode()
    return 6, b"parameters stored"


def keep_mission(items):
    """Writes a mission: what `recall` finds of it at the next boot, or None without room."""
    from patrol.store import mission

    log = Log(board.SETTINGS)
    return mission.find(log) if mission.save(log, items) else None


def note(error, schedule, number):
    """Prints and keeps an exception of the loop, the `number`-th since boot."""
    from patrol.store.places import told

    print("\n".join(told(error)))
    crash.note(Log(board.SETTINGS), crash.LOOP, error, schedule, number)


def box(found):
    """Writes a behaviour.blackbox.BlackBox: (severity, text) to be said."""
    from patrol.store.box import write

    return write(Log(board.SETTINGS), found)


def forgive():
    """What crashed before does not count any more."""
    crash.forgive(Log(board.SETTINGS))
