"""What the car is allowed to do: states, events, and what follows what (transitions.py)."""

from patrol.behaviour.faults import EVENT, STATE
from patrol.portable import const

# States.
DISARMED = const(0)
HOLD = const(1)
MANUAL = const(2)
AUTO = const(3)
FAULT = const(4)
STATES = const(5)

# Events: first what persons ask for,
ARM = const(0)
DISARM = const(1)
MODE_HOLD = const(2)
MODE_MANUAL = const(3)
MODE_AUTO = const(4)
CLEAR = const(5)
# then what failsafes say, each with its reason (failsafe_table.py),
HALT = const(6)  # stand
OBSTACLE = const(7)  # stand; AUTO backs off and looks for another way
BLOCKED = const(8)  # the same, and MANUAL ends
CUT = const(9)  # motors off
# and what has a text of its own (faults.EVENT).
ESTOP = const(10)  # a person wants the motors off, now and until it is cleared
DEADMAN = const(11)  # MANUAL without MANUAL_CONTROL for 500 ms
STUCK = const(12)  # AUTO has tried its ways out and still cannot move
WHEEL = const(13)  # an encoder or a motor does what it is not told
LOOP_STOPPED = const(14)  # the deadman timer has cut the motors
EXCEPTION = const(15)  # a task has failed
EVENTS = const(16)

# Actions: what is done when a row is taken. `SELECT` only remembers the mode for arming.
NONE = const(0)
POWER_ON = const(1)
POWER_OFF = const(2)  # from here to RETREAT the car is stopped
STOP = const(3)
RETREAT = const(4)
SELECT = const(5)
START_MANUAL = const(6)
START_AUTO = const(7)
ACTIONS = const(8)


class Supervisor:
    """`table` is that of transitions.py, `actions` a sequence of ACTIONS callables, None of what
    needs nothing done; `say(severity, text)` reports. `stopped(reason)` is called when the car has
    been stopped, with the number of the text that says why: 0 where a person wants it or it was
    not armed.

    `state` is the present state, `selected` the mode that arming will lead to: HOLD, MANUAL or
    AUTO.
    """

    def __init__(self, table, actions, say, stopped):
        self.state = DISARMED
        self.selected = HOLD
        self._actions = actions
        self._say = say
        self._stopped = stopped
        # 0xFF: no row; else the next state and the action.
        self._next = bytearray(b"\xff" * (STATES * EVENTS))
        for state, event, to, action in table:
            self._next[state * EVENTS + event] = to << 4 | action

    def armed(self):
        """True where the motors have power."""
        return HOLD <= self.state <= AUTO

    def post(self, event, reason=0):
        """Takes the row for this event, its action included; False where there is none.

        `reason` is the number of the text that says why (faults.py), for events without one.
        """
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
        if event >= ESTOP:
            reason = EVENT + event - ESTOP
        if POWER_OFF <= action <= RETREAT:
            self._stopped(reason if HOLD <= before <= AUTO else 0)
        if reason:
            self._say(2 if state == FAULT else 4, reason)
        if state != before:
            self._say(2 if state == FAULT else 6, STATE + state)
        if event == ARM and before == DISARMED and self.selected != HOLD:
            self.post(self.selected - HOLD + MODE_HOLD)
        return True
