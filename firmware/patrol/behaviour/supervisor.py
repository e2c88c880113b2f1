"""What the car is allowed to do: states, events, and what follows what (transitions.py)."""

from patrol.portable import const

# States.
DISARMED = const(0)
HOLD = const(1)
MANUAL = const(2)
AUTO = const(3)
FAULT = const(4)
STATES = const(5)

# Events: first the commands, then what the car notices itself.
ARM = const(0)
DISARM = const(1)
MODE_HOLD = const(2)
MODE_MANUAL = const(3)
MODE_AUTO = const(4)
CLEAR = const(5)
LINK_LOST = const(6)  # the ground station was heard and has been silent for 3 s
DEADMAN = const(7)  # MANUAL without MANUAL_CONTROL for 500 ms
BUMPER = const(8)
CLIFF = const(9)  # no floor below a cliff sensor
STALL = const(10)  # a wheel is told to turn and does not
STUCK = const(11)  # AUTO has tried its ways out and still cannot move
SENSOR_LOST = const(12)  # one that AUTO needs
TILT = const(13)
BATTERY_CRITICAL = const(14)
LOOP_STOPPED = const(15)  # the deadman timer has cut the motors
EXCEPTION = const(16)
WHEEL = const(17)  # an encoder or a motor does what it is not told
EVENTS = const(18)

# Actions: what is done when a row is taken. `SELECT` only remembers the mode for arming.
NONE = const(0)
POWER_ON = const(1)
POWER_OFF = const(2)
STOP = const(3)
SELECT = const(4)
START_MANUAL = const(5)
START_AUTO = const(6)
RETREAT = const(7)
ACTIONS = const(8)

# What is said when a transition is taken; a command is said by the state that it leads to.
# Events from LINK_LOST on have a text.
STATE_TEXTS = (
    b"disarmed",
    b"armed: HOLD",
    b"MANUAL",
    b"AUTO",
    b"FAULT: motors off, disarm to clear",
)
EVENT_TEXTS = (
    b"ground station silent for 3 s",
    b"no MANUAL_CONTROL for 500 ms: stopped",
    b"bumper pressed",
    b"no floor ahead: an edge",
    b"a wheel does not turn",
    b"stuck: no way out",
    b"AUTO needs that sensor",
    b"tilted",
    b"battery critical",
    b"loop stood still: motors cut",
    b"exception: see the REPL",
    b"a wheel cannot be trusted: stopped",
)


class Supervisor:
    """`table` is that of transitions.py, `actions` a sequence of ACTIONS callables, None of what
    needs nothing done; `say(severity, text)` reports.

    `state` is the present state, `selected` the mode that arming will lead to: HOLD, MANUAL or
    AUTO.
    """

    def __init__(self, table, actions, say):
        self.state = DISARMED
        self.selected = HOLD
        self._actions = actions
        self._say = say
        # 0xFF: no row; else the next state and the action.
        self._next = bytearray(b"\xff" * (STATES * EVENTS))
        for state, event, to, action in table:
            self._next[state * EVENTS + event] = to << 4 | action

    def armed(self):
        """True where the motors have power."""
        return HOLD <= self.state <= AUTO

    def post(self, event):
        """Takes the row for this event, its action included; False where there is none."""
        row = self._next[self.state * EVENTS + event]
        if row == 0xFF:
            return False
        before = self.state
        self.state = state = row >> 4
        action = row & 15
        if action == SELECT:
            self.selected = event - MODE_HOLD + HOLD
        elif action == POWER_OFF:
            self.selected = HOLD
        do = self._actions[action]
        if do is not None:
            do()  # before any word about it
        if event >= LINK_LOST:
            self._say(2 if state == FAULT else 4, EVENT_TEXTS[event - LINK_LOST])
        if state != before:
            self._say(2 if state == FAULT else 6, STATE_TEXTS[state])
        if event == ARM and before == DISARMED and self.selected != HOLD:
            self.post(self.selected - HOLD + MODE_HOLD)
        return True
