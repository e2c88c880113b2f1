"""The table as a table: what must hold for all of it, and the Supervisor that reads it."""

import pytest
from patrol.behaviour import faults, transitions
from patrol.behaviour import supervisor as s

STATES = range(s.STATES)
ARMED = (s.HOLD, s.MANUAL, s.AUTO)
TABLE = {(state, event): (to, action) for state, event, to, action in transitions.TABLE}


def made(state=s.DISARMED):
    done, said, stops = [], [], []
    actions = [lambda n=n: done.append(n) for n in range(s.ACTIONS)]
    supervisor = s.Supervisor(
        transitions.TABLE,
        actions,
        lambda severity, text: said.append(text),
        lambda reason: stops.append((len(done), reason)),
    )
    supervisor.stops = stops
    supervisor.state = state
    return supervisor, done, said


def test_each_state_and_event_stands_in_one_row_at_most():
    assert len(TABLE) == len(transitions.TABLE)


def test_every_event_leads_somewhere_from_some_state():
    assert {event for _, event in TABLE} == set(range(s.EVENTS))


@pytest.mark.parametrize("state", STATES)
def test_disarm_is_always_possible(state):
    assert TABLE[state, s.DISARM][0] == s.DISARMED


@pytest.mark.parametrize("state", ARMED)
@pytest.mark.parametrize("event", [s.CUT, s.ESTOP, s.LOOP_STOPPED, s.EXCEPTION], ids=str)
def test_what_endangers_the_car_ends_in_fault_without_power(state, event):
    assert TABLE[state, event] == (s.FAULT, s.POWER_OFF)


def test_power_comes_by_arming_and_by_nothing_else():
    assert [key for key, (_, action) in TABLE.items() if action == s.POWER_ON] == [
        (s.DISARMED, s.ARM)
    ]


def test_whatever_leaves_the_armed_states_takes_the_power_away():
    for (state, _), (to, action) in TABLE.items():
        if state in ARMED and to not in ARMED:
            assert action == s.POWER_OFF


def test_nothing_but_a_person_leads_out_of_fault():
    out = {event for (state, event), (to, _) in TABLE.items() if state == s.FAULT != to}
    assert out == {s.DISARM, s.CLEAR}


@pytest.mark.parametrize("state", STATES)
def test_an_emergency_stop_leads_to_fault_from_everywhere(state):
    assert TABLE[state, s.ESTOP] == (s.FAULT, s.POWER_OFF)


def test_auto_ends_when_a_failsafe_says_stop_or_no_way_is_left():
    for event in (s.HALT, s.STUCK):
        assert TABLE[s.AUTO, event] == (s.HOLD, s.STOP)


def test_auto_backs_off_from_what_manual_only_stops_at():
    for event, manual in ((s.OBSTACLE, s.MANUAL), (s.BLOCKED, s.HOLD)):
        assert TABLE[s.AUTO, event] == (s.AUTO, s.RETREAT)
        assert TABLE[s.MANUAL, event] == (manual, s.STOP)


def test_the_deadman_stops_the_car_and_leaves_it_in_manual():
    assert TABLE[s.MANUAL, s.DEADMAN] == (s.MANUAL, s.STOP)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", range(s.EVENTS))
def test_the_supervisor_does_what_the_table_says(state, event):
    supervisor, done, _ = made(state)
    row = TABLE.get((state, event))
    assert supervisor.post(event) == (row is not None)
    assert supervisor.state == (row[0] if row else state)
    assert done == ([row[1]] if row else [])


def test_a_mode_chosen_before_arming_is_entered_by_arming():
    supervisor, done, _ = made()
    supervisor.post(s.MODE_AUTO)
    assert supervisor.state == s.DISARMED
    supervisor.post(s.ARM)
    assert supervisor.state == s.AUTO
    assert done == [s.SELECT, s.POWER_ON, s.START_AUTO]


def test_disarming_forgets_the_chosen_mode():
    supervisor, _, _ = made()
    for event in (s.MODE_AUTO, s.ARM, s.DISARM, s.ARM):
        supervisor.post(event)
    assert supervisor.state == s.HOLD


def test_a_fault_says_why_and_what_to_do():
    supervisor, _, said = made(s.AUTO)
    supervisor.post(s.CUT, faults.TEXT | 4)
    assert said == [faults.TEXT | 4, faults.STATE + s.FAULT]


def test_an_event_without_a_reason_says_its_own_text():
    supervisor, _, said = made(s.AUTO)
    supervisor.post(s.STUCK)
    assert said == [faults.EVENT + s.STUCK - s.ESTOP, faults.STATE + s.HOLD]


def test_every_stop_is_told_after_it_was_made_and_nothing_else_is():
    for (state, event), (_, action) in TABLE.items():
        supervisor, _, _ = made(state)
        supervisor.post(event)
        stops = action in (s.POWER_OFF, s.STOP, s.RETREAT)
        told = faults.EVENT + event - s.ESTOP if event >= s.ESTOP and state in ARMED else 0
        assert supervisor.stops == ([(1, told)] if stops else [])
