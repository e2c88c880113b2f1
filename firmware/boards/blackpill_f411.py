"""The WeAct F411CE "Black Pill" (STM32F411): which pin, timer and bus carries what. Data only.

Pin budget: all 25 signals of the header that the board itself does not need.
  taken     A0 A1 A2 A3 A4 A5 A6 A7 A8 A15
            B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B12 B13 B14 B15
  board's   C13 (LED), A9 A10 (UART 1: the build's second REPL), A11 A12 (USB), A13 A14 (SWD),
            C14 C15 (crystal)
  shared    A4 (trigger of the left and the right sonar)
  left out  both cliffs, the three line sensors
  timers    2 and 3 encoders, 4 motor PWM, 9 deadman
  EXTI      1 5 7 (sonar echoes): one line for each pin number, whatever its port
B2 is BOOT1 and must be low in a reset that is to end in DFU: the board and the pull-down of STBY
hold it there. A15, B3 and B4 are JTAG pins, the first and the last pulled up in reset: inputs
alone stand on them. The place for a flash chip on the back (A4 to A7) stays empty.
Alternate functions: STM32F411 data sheet (DS10314), table 9.
"""

MACHINE = "WEACT_F411_BLACKPILL with STM32F411CE"  # what the build calls itself
VERSION = 0x31  # V3.1: AUTOPILOT_VERSION.board_version

# TB6612FNG. PWM pins stand on channels of one timer: they share its frequency.
MOTOR_TIMER = 4
MOTOR_FREQ = 20_000
MOTOR_STANDBY = "B2"
# channel, PWM, IN1, IN2, +1 or -1 where the motor is mounted the other way round
MOTOR_LEFT = (3, "B8", "B12", "B13", 1)
MOTOR_RIGHT = (4, "B9", "B14", "B15", 1)

# timer, channel 1, channel 2, +1 or -1
ENCODER_LEFT = (2, "A15", "B3", 1)
ENCODER_RIGHT = (3, "B4", "B5", 1)

UART = 2  # TX A2, RX A3
UART_BAUD = 921_600
UART_RXBUF = 512

I2C = 1  # SCL B6, SDA B7
I2C_FREQ = 400_000
I2C_SCL = "B6"
I2C_SDA = "B7"
IMU_ADDRESS = 0x68
TOF_XSHUT = "B10"  # of the right VL53L0X; the left one's is pulled up on its module

# trigger, echo; in the order of the sensors' numbers: left, front, right. Left and right share a
# trigger: they are fired together, the front one alone.
SONARS = (
    ("A4", "A5"),
    ("A6", "A7"),
    ("A4", "A1"),
)

CLIFFS = ()
LINES = ()

# The voltage divider is 33k over 10k, the current sensor gives 1 V per ampere.
BATTERY_VOLTAGE = "B0"
BATTERY_CURRENT = "B1"

BUMPER = "A8"  # switch to ground
BUTTON = "A0"  # the board's own KEY to ground

BUZZER = None  # no pin is left

DEADMAN_TIMER = 9

LEDS = (1,)  # blue: the first shows what matters most

# address, size of the raw flash for the append-only store: what the filesystem leaves of sector 4
# (RM0383, section 3), and erases whenever it rewrites its last 16 KB
SETTINGS = ((0x08014000, 0xC000),)
