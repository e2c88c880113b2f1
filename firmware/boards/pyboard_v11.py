"""The pyboard v1.1 (STM32F405): which pin, timer and bus carries what. Data only.

Pin budget: all 30 signals of the two headers.
  taken     X1 X2 X3 X4 X5 X6 X7 X8 X9 X10 X11 X12 X17 X18 X19 X20 X21 X22
            Y1 Y2 Y3 Y4 Y5 Y6 Y7 Y8 Y9 Y10 Y11 Y12
  shared    X5 (trigger of the left and the right sonar)
  timers    2 and 3 encoders, 4 motor PWM, 7 deadman; 5 and 6 are the port's own (servo, ADC)
  EXTI      2 3 10 (sonar echoes): one line for each pin number, whatever its port
Alternate functions: STM32F405 data sheet (DS8626), table 9.
"""

MACHINE = "PYBv1.1 with STM32F405RG"  # what the build calls itself
VERSION = 0x11  # v1.1: AUTOPILOT_VERSION.board_version

# TB6612FNG. PWM pins stand on channels of one timer: they share its frequency.
MOTOR_TIMER = 4
MOTOR_FREQ = 20_000
MOTOR_STANDBY = "Y11"  # PB0
# channel, PWM, IN1, IN2, +1 or -1 where the motor is mounted the other way round
MOTOR_LEFT = (3, "Y3", "Y5", "Y6", 1)  # PB8, PB12, PB13
MOTOR_RIGHT = (4, "Y4", "Y7", "Y8", 1)  # PB9, PB14, PB15

# timer, channel 1, channel 2, +1 or -1
ENCODER_LEFT = (2, "X1", "X2", 1)  # PA0, PA1
ENCODER_RIGHT = (3, "X7", "X8", 1)  # PA6, PA7

UART = 6  # TX Y1 (PC6), RX Y2 (PC7)
UART_BAUD = 921_600
UART_RXBUF = 512

I2C = 1  # SCL X9 (PB6), SDA X10 (PB7)
I2C_FREQ = 400_000
I2C_SCL = "X9"
I2C_SDA = "X10"
IMU_ADDRESS = 0x68
TOF_XSHUT = "Y10"  # PB11: of the right VL53L0X; the left one's is pulled up on its module

# trigger, echo; in the order of the sensors' numbers: left, front, right. Left and right share a
# trigger: they are fired together, the front one alone.
SONARS = (
    ("X5", "X3"),  # PA4, PA2
    ("X6", "X4"),  # PA5, PA3
    ("X5", "Y9"),  # PB10
)

CLIFFS = ("X21", "X22")  # PC2, PC3; left, right
LINES = ("X11", "X12", "Y12")  # PC4, PC5, PB1; left, middle, right

# The voltage divider is 33k over 10k, the current sensor gives 1 V per ampere.
BATTERY_VOLTAGE = "X19"  # PC0
BATTERY_CURRENT = "X20"  # PC1

BUMPER = "X18"  # PC13, switch to ground
BUTTON = "X17"  # PB3, the board's own USR switch to ground

BUZZER = None  # no pin is left: a board without line sensors has some

DEADMAN_TIMER = 7

LEDS = (1, 2, 3, 4)  # red, green, yellow, blue: the first shows what matters most

# address, size of the raw flash for the append-only store: sectors 10 and 11 (RM0090, section 3)
SETTINGS = ((0x080C0000, 0x20000), (0x080E0000, 0x20000))
