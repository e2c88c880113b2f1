"""Each board's file against what its chip, its package and its build of the port have.

The chips' side is the boot ROM's table (sim/patrolcar_sim/board/rom/boards), made from the data
sheets; what a pin is in reset and on the board stands here.
"""

import ast

import pytest

from patrolcar.flash.build import board_data, boards, firmware_dir, motor_pins
from patrolcar_sim.board.image import BASE
from patrolcar_sim.board.models import MODELS
from rom_pinout import load_pinout

NAMES = boards()

# What a board needs itself: its header has none of it, or it is something else's.
SWD = {"A13", "A14"}
TAKEN = {
    "pyboard_v11": SWD | {"A15", "B4", "B2", "B5", "A8", "A9", "A10", "A11", "A12"}
    | {"C8", "C9", "C10", "C11", "C12", "D2"},  # LEDs, accelerometer, SD card, USB
    "blackpill_f411": SWD | {"A9", "A10", "A11", "A12", "C13", "C14", "C15"},
    "nucleo_f446re": SWD | {"A2", "A3", "A5", "B3", "C14", "C15"},
}  # fmt: skip
# Pulled up or driven in reset (RM0090 section 8.3.1): the JTAG pins.
HIGH_IN_RESET = {"A13", "A15", "B3", "B4"}
# The port's own: TIM5 moves servos, TIM6 times the converter.
OWN_TIMERS = {"pyboard_v11": {5, 6}}

ENCODERS = ("ENCODER_LEFT", "ENCODER_RIGHT")
MOTORS = ("MOTOR_LEFT", "MOTOR_RIGHT")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def board(name):
    return board_data(name)


@pytest.fixture
def chip(name):
    return load_pinout(name)


def signals(board):
    """(what, name) of every pin that the file names."""
    yield "MOTOR_STANDBY", board["MOTOR_STANDBY"]
    for motor in MOTORS:
        yield from zip(("PWM", "IN1", "IN2"), board[motor][1:4], strict=True)
    for encoder in ENCODERS:
        yield from zip(("A", "B"), board[encoder][1:3], strict=True)
    for trigger, echo in board["SONARS"]:
        yield from (("trigger", trigger), ("echo", echo))
    for key in ("CLIFFS", "LINES"):
        yield from ((key, pin) for pin in board[key])
    if board["TOF_XSHUT"] is not None:
        yield "TOF_XSHUT", board["TOF_XSHUT"]
    for key in ("BATTERY_VOLTAGE", "BATTERY_CURRENT", "BUMPER", "BUTTON", "BUZZER"):
        if board[key] is not None:
            yield key, board[key]


def test_there_is_a_model_for_each_board_and_a_board_for_each_model():
    assert set(NAMES) == set(MODELS)


def test_it_is_data_alone(name):
    tree = ast.parse((firmware_dir() / "boards" / f"{name}.py").read_text())
    assert ast.get_docstring(tree)
    for statement in tree.body[1:]:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_every_board_has_the_same_constants_of_the_same_kinds(board):
    first = board_data(NAMES[0])
    assert list(board) == list(first)
    assert {key: type(value) for key, value in board.items() if value is not None} == {
        key: type(first[key] if first[key] is not None else board[key])
        for key in first
        if board[key] is not None
    }
    assert len(board["SONARS"]) == 3
    assert len(board["CLIFFS"]) in (0, 2)
    assert len(board["LINES"]) in (0, 3)


def test_every_pin_has_that_name_in_the_build_and_is_free_on_the_board(name, board, chip):
    for what, pin in signals(board):
        number = chip.number(pin)
        assert number >= 0, (what, pin)
        assert chip.exists(number), (what, pin)
        assert chip.cpu_name(number) not in TAKEN[name], (what, pin)


def test_no_pin_is_used_twice_but_a_trigger_of_the_outer_sonars(board, chip):
    used = [chip.number(pin) for _, pin in signals(board)]
    left, _, right = (trigger for trigger, _ in board["SONARS"])
    if left == right:
        used.remove(chip.number(left))
    used += chip.UART_PINS[board["UART"]] + chip.I2C_PINS[board["I2C"]]
    if chip.REPL_UART:
        used += chip.UART_PINS[chip.REPL_UART]
    used += chip.LEDS
    assert len(used) == len(set(used))


def test_motor_channels_stand_on_their_timer(board, chip):
    for key in MOTORS:
        channel, pwm = board[key][:2]
        pins = [pin for pin, _ in chip.TIMER_PINS[board["MOTOR_TIMER"], channel]]
        assert chip.number(pwm) in pins
    assert board["MOTOR_LEFT"][0] != board["MOTOR_RIGHT"][0]


def test_encoders_stand_on_channels_1_and_2_of_a_timer_with_encoder_mode(board, chip):
    for key in ENCODERS:
        timer, *pins, sign = board[key]
        assert timer in chip.ENCODER_TIMERS
        assert sign in (1, -1)
        for channel, pin in enumerate(pins, 1):
            assert chip.number(pin) in [n for n, _ in chip.TIMER_PINS[timer, channel]]


def test_no_timer_is_shared_and_each_exists_and_is_free(name, board, chip):
    used = [board["MOTOR_TIMER"], board["DEADMAN_TIMER"], *(board[key][0] for key in ENCODERS)]
    assert len(used) == len(set(used))
    assert set(used) <= set(chip.TIMERS)
    assert not set(used) & OWN_TIMERS.get(name, set())


def test_analog_signals_stand_on_converter_pins(board, chip):
    analog = {"BATTERY_VOLTAGE", "BATTERY_CURRENT", "CLIFFS", "LINES"}
    for what, pin in signals(board):
        if what in analog:
            assert chip.number(pin) in chip.ADC_PINS, (what, pin)


def test_each_echo_has_an_interrupt_line_of_its_own(board, chip):
    lines = [chip.number(echo) & 15 for _, echo in board["SONARS"]]
    assert len(lines) == len(set(lines))


def test_uart_and_i2c_are_the_builds_and_not_the_repls(board, chip):
    assert board["UART"] in chip.UART_PINS
    assert board["UART"] != chip.REPL_UART
    assert board["I2C"] in chip.I2C_PINS


def test_no_motor_pin_is_high_in_reset(board, chip):
    for pin in motor_pins(board):
        assert chip.cpu_name(chip.number(pin)) not in HIGH_IN_RESET


def test_leds_and_button_are_the_boards(board, chip):
    assert board["LEDS"] == tuple(range(1, len(chip.LEDS) + 1))
    assert chip.number(board["BUTTON"]) == chip.SWITCH


def test_the_settings_are_whole_sectors_or_what_the_filesystem_leaves_of_one(name, board):
    flash = MODELS[name].flash
    for address, size in board["SETTINGS"]:
        offset = address - BASE
        start, sector_size = flash.sector(offset)
        used = [part for part in flash.filesystem if part[2] == start]
        assert offset == (used[-1][0] + used[-1][1] if used else start)
        assert offset + size == start + sector_size
