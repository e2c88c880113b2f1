"""The drivers of one car, made from a board's data: the only file that turns names into pins."""

import sys

import stm
from machine import ADC, UART, WDT, Pin
from pyb import LED, Timer

from patrol import car
from patrol.drivers.battery import Battery
from patrol.drivers.bus import Bus
from patrol.drivers.buzzer import Buzzer
from patrol.drivers.encoder import Encoder
from patrol.drivers.imu import Imu
from patrol.drivers.leds import Leds
from patrol.drivers.motor import Motor
from patrol.drivers.reflectance import Reflectance
from patrol.drivers.sonar import Sonar
from patrol.drivers.sonar_array import SonarArray
from patrol.drivers.switch import Switch
from patrol.drivers.tof import LEFT, RIGHT, Tof
from patrol.drivers.watchdog import Deadman, Watchdog
from patrol.portable import const

_FULL_MA = const(3_300)  # at the converter's end: 1 V per ampere


def _output(name):
    return Pin(name, Pin.OUT, value=0)


def standby(board):
    """The bridge's STBY pin, low: the motors have no power."""
    return _output(board.MOTOR_STANDBY)


def motors(board):
    """Left and right Motor."""
    timer = Timer(board.MOTOR_TIMER, freq=board.MOTOR_FREQ)
    top = timer.period() + 1
    pair = []
    for channel, pwm, in1, in2, sign in (board.MOTOR_LEFT, board.MOTOR_RIGHT):
        pair.append(
            Motor(
                timer.channel(channel, Timer.PWM, pin=Pin(pwm), pulse_width=0),
                _output(in1),
                _output(in2),
                top,
                car.MAX_DUTY_PERMILLE,
                car.DUTY_SLEW_PERMILLE,
                sign,
            )
        )
    return pair


def encoders(board, settings):
    """Left and right Encoder."""
    pair = []
    for name, (number, one, two, sign) in (
        ("wheel_left", board.ENCODER_LEFT),
        ("wheel_right", board.ENCODER_RIGHT),
    ):
        timer = Timer(number, prescaler=0, period=0xFFFF)
        timer.channel(1, Timer.ENC_AB, pin=Pin(one))
        timer.channel(2, Timer.ENC_AB, pin=Pin(two))
        pair.append(Encoder(timer, settings[name], sign))
    return pair


def sonars(board):
    """The SonarArray, left to right."""
    made = []
    triggers = {}  # one Pin for each name: the sonars tell by it that they are fired together
    for trigger, echo in board.SONARS:
        if trigger not in triggers:
            triggers[trigger] = _output(trigger)
        made.append(Sonar(triggers[trigger], Pin(echo, Pin.IN, Pin.PULL_DOWN)))
    return SonarArray(made)


def bus(board):
    """The Bus, freed if a slave hangs from before."""
    made = Bus(board.I2C, board.I2C_FREQ, board.I2C_SCL, board.I2C_SDA)
    made.free()
    return made


def xshut(board):
    """The right ToF sensor's pin, low; None where a board has none."""
    # The module pulls it up, to its own voltage.
    name = board.TOF_XSHUT
    return None if name is None else Pin(name, Pin.OPEN_DRAIN, value=0)


def tofs(i2c):
    """Left and right Tof."""
    return Tof(i2c, LEFT), Tof(i2c, RIGHT)


def floor(board, settings):
    """The Reflectance of cliff and line sensors."""
    pins = (board.CLIFFS or (None, None)) + (board.LINES or (None, None, None))
    names = ("cliff_left", "cliff_right", "line_left", "line_middle", "line_right")
    return Reflectance(
        [ADC(Pin(pin)) if pin else None for pin in pins], [settings[name] for name in names]
    )


def imu(board, i2c, settings):
    """The Imu, whether one answers or not."""
    made = Imu(i2c, board.IMU_ADDRESS)
    made.calibrate(
        settings["gyro_bias_x"],
        settings["gyro_bias_y"],
        settings["gyro_bias_z"],
        settings["gyro_scale"],
    )
    return made


def battery(board, settings):
    """The Battery."""
    from patrol.drivers import chemistry

    kind = settings["battery_type"]
    return Battery(
        ADC(Pin(board.BATTERY_VOLTAGE)),
        ADC(Pin(board.BATTERY_CURRENT)),
        settings["battery_full"],
        _FULL_MA,
        kind,
        chemistry.PACKS[kind - 1],
        settings["battery_capacity"],
        settings["battery_mohm"],
    )


def switches(board):
    """Bumper and start button."""
    return (
        Switch(Pin(board.BUMPER, Pin.IN, Pin.PULL_UP)),
        Switch(Pin(board.BUTTON, Pin.IN, Pin.PULL_UP), 2),
    )


def uart(board):
    """The telemetry port; safe mode, if it has it, lets it go."""
    safe = sys.modules.get("safe")
    if safe is not None:
        safe.stop()
    return UART(board.UART, board.UART_BAUD, rxbuf=board.UART_RXBUF)


def leds(board):
    """The Leds, red, green, yellow, blue."""
    return Leds([LED(number) for number in board.LEDS])


def buzzer(board):
    """The Buzzer, which is silent where the board has no pin for it."""
    return Buzzer(None if board.BUZZER is None else _output(board.BUZZER))


def guards(board, loop, standby_pin):
    """The Deadman over a loop with `.ticks`, and the Watchdog."""
    return Deadman(Timer(board.DEADMAN_TIMER, freq=50), loop, standby_pin), Watchdog(
        WDT, stm.mem16, stm.IWDG + stm.IWDG_KR
    )
