"""The table as a table: what must hold for all of it, and the Supervisor that reads it."""

import pytest
from patrol.behaviour import supervisor as s
from patrol.behaviour import transitions

STATES = range(s.STATES)
ARMED = (s.HOLD, s.MANUAL, s.AUTO)
TABLE = {(state, event): (to, action) for state, event, to, action in transitions.TABLE}


def made(state=s.DISARMED):
    done, said = [], []
    actions = [lambda n=n: done.append(n) for n in range(s.ACTIONS)]
    supervisor = s.Supervisor(transitions.TABLE, actions, lambda severity, text: said.append(text))
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
@pytest.mark.parametrize(
    "event", [s.TILT, s.BATTERY_CRITICAL, s.LOOP_STOPPED, s.EXCEPTION], ids=str
)
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
    assert {event for state, event in TABLE if state == s.FAULT} == {s.DISARM, s.CLEAR}


def test_auto_ends_when_the_link_a_sensor_or_the_way_is_lost():
    for event in (s.LINK_LOST, s.SENSOR_LOST, s.STUCK):
        assert TABLE[s.AUTO, event] == (s.HOLD, s.STOP)


def test_the_deadman_stops_the_car_and_leaves_it_in_manual():
    assert TABLE[s.MANUAL, s.DEADMAN] == (s.MANUAL, s.STOP)


def test_every_text_fits_a_statustext():
    for text in s.STATE_TEXTS + s.EVENT_TEXTS:
        assert len(text) <= 50
    assert len(s.STATE_TEXTS) == s.STATES
    assert len(s.EVENT_TEXTS) == s.EVENTS - s.LINK_LOST


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
    supervisor.post(s.TILT)
    assert said == [b"tilted", b"FAULT: motors off, disarm to clear"]
