"""The NUCLEO-F446RE (STM32F446): which pin, timer and bus carries what. Data only.

Pin budget: 32 of the 50 signals on the two morpho connectors.
  taken     PA0 PA1 PA6 PA7 PA8 PA9 PB0 PB4 PB5 PB6 PB7 PB8 PB9 PB10 PB12 PB13 PB14 PB15
            PB1 PC0 PC1 PC2 PC3 PC4 PC5 PC6 PC7 PC8 PC9 PC10 PC11 PC13
  board's   PA2 PA3 (UART 2: the REPL, on the ST-Link), PA5 (LED), PA13 PA14 PB3 (SWD),
            PC14 PC15 PH0 PH1 (clocks)
  free      PA4 PA10 PA11 PA12 PA15 PB2 PC12 PD2
  timers    2 and 3 encoders, 4 motor PWM, 7 deadman
  EXTI      8 9 10 (sonar echoes): one line for each pin number, whatever its port
Names are the processor's, as in the board's manual (UM1724); the build's "A2" is an Arduino name,
and another pin than PA2. PB4 is a JTAG pin and pulled up in reset.
Alternate functions: STM32F446 data sheet (DS10693), table 11.
"""

MACHINE = "NUCLEO-F446RE with STM32F446xx"  # what the build calls itself
VERSION = 0x1136  # MB1136: AUTOPILOT_VERSION.board_version

# TB6612FNG. PWM pins stand on channels of one timer: they share its frequency.
MOTOR_TIMER = 4
MOTOR_FREQ = 20_000
MOTOR_STANDBY = "PB0"  # A3
# channel, PWM, IN1, IN2, +1 or -1 where the motor is mounted the other way round
MOTOR_LEFT = (3, "PB8", "PB12", "PB13", 1)
MOTOR_RIGHT = (4, "PB9", "PB14", "PB15", 1)

# timer, channel 1, channel 2, +1 or -1
ENCODER_LEFT = (2, "PA0", "PA1", 1)  # A0, A1
ENCODER_RIGHT = (3, "PA6", "PA7", 1)  # D12, D11

UART = 6  # TX PC6, RX PC7 (D9)
UART_BAUD = 921_600
UART_RXBUF = 512

I2C = 1  # SCL PB6 (D10), SDA PB7
I2C_FREQ = 400_000
I2C_SCL = "PB6"
I2C_SDA = "PB7"
IMU_ADDRESS = 0x68
TOF_XSHUT = "PC10"  # of the right VL53L0X; the left one's is pulled up on its module

# trigger, echo; in the order of the sensors' numbers: left, front, right
SONARS = (
    ("PA9", "PA8"),  # D8, D7
    ("PB5", "PB10"),  # D4, D6
    ("PC8", "PC9"),
)

CLIFFS = ("PC2", "PC3")  # left, right
LINES = ("PC4", "PC5", "PB1")  # left, middle, right

# The voltage divider is 33k over 10k, the current sensor gives 1 V per ampere.
BATTERY_VOLTAGE = "PC0"  # A5
BATTERY_CURRENT = "PC1"  # A4

BUMPER = "PB4"  # D5, switch to ground
BUTTON = "PC13"  # the board's own B1 to ground

BUZZER = "PC11"  # an active one, high where it sounds

DEADMAN_TIMER = 7

LEDS = (1,)  # green LD2: the first shows what matters most

# address, size of the raw flash for the append-only store: what the filesystem leaves of sector 4
# (RM0390, section 3), and erases whenever it rewrites its last 16 KB
SETTINGS = ((0x08014000, 0xC000),)
