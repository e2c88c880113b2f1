# pyboard_v11.py: the pyboard v1.1 (STM32F405) as its build of the stm32 port knows it.
#
# Sources: STM32F405 data sheet DS8626, table 9 (alternate functions); the port's boards/PYBV11
# (mpconfigboard.h, pins.csv). A pin is port * 16 + number, port A = 0.

A, B, C, D = 0, 16, 32, 48

BOARD = {
    "X1": A + 0, "X2": A + 1, "X3": A + 2, "X4": A + 3, "X5": A + 4, "X6": A + 5,
    "X7": A + 6, "X8": A + 7, "X9": B + 6, "X10": B + 7, "X11": C + 4, "X12": C + 5,
    "X17": B + 3, "X18": C + 13, "X19": C + 0, "X20": C + 1, "X21": C + 2, "X22": C + 3,
    "Y1": C + 6, "Y2": C + 7, "Y3": B + 8, "Y4": B + 9, "Y5": B + 12, "Y6": B + 13,
    "Y7": B + 14, "Y8": B + 15, "Y9": B + 10, "Y10": B + 11, "Y11": B + 0, "Y12": B + 1,
    "SW": B + 3, "LED_RED": A + 13, "LED_GREEN": A + 14, "LED_YELLOW": A + 15, "LED_BLUE": B + 4,
    "MMA_INT": B + 2, "MMA_AVDD": B + 5, "SD_D0": C + 8, "SD_D1": C + 9, "SD_D2": C + 10,
    "SD_D3": C + 11, "SD_CMD": D + 2, "SD_CK": C + 12, "SD": A + 8, "SD_SW": A + 8,
    "USB_VBUS": A + 9, "USB_ID": A + 10, "USB_DM": A + 11, "USB_DP": A + 12,
}  # fmt: skip
# The pins of ports A to D that have a processor's name ("A0"), a bit each.
CPU = (0xFFFF, 0xFFFF, 0x3FFF, 0x0004)

# (timer, channel): the pins on which it can stand, and the alternate function's number
TIMER_PINS = {
    (1, 1): ((A + 8, 1),), (1, 2): ((A + 9, 1),), (1, 3): ((A + 10, 1),), (1, 4): ((A + 11, 1),),
    (2, 1): ((A + 0, 1), (A + 5, 1), (A + 15, 1)), (2, 2): ((A + 1, 1), (B + 3, 1)),
    (2, 3): ((A + 2, 1), (B + 10, 1)), (2, 4): ((A + 3, 1), (B + 11, 1)),
    (3, 1): ((A + 6, 2), (B + 4, 2), (C + 6, 2)), (3, 2): ((A + 7, 2), (B + 5, 2), (C + 7, 2)),
    (3, 3): ((B + 0, 2), (C + 8, 2)), (3, 4): ((B + 1, 2), (C + 9, 2)),
    (4, 1): ((B + 6, 2),), (4, 2): ((B + 7, 2),), (4, 3): ((B + 8, 2),), (4, 4): ((B + 9, 2),),
    (5, 1): ((A + 0, 2),), (5, 2): ((A + 1, 2),), (5, 3): ((A + 2, 2),), (5, 4): ((A + 3, 2),),
    (8, 1): ((C + 6, 3),), (8, 2): ((C + 7, 3),), (8, 3): ((C + 8, 3),), (8, 4): ((C + 9, 3),),
    (9, 1): ((A + 2, 3),), (9, 2): ((A + 3, 3),), (10, 1): ((B + 8, 3),), (11, 1): ((B + 9, 3),),
    (12, 1): ((B + 14, 9),), (12, 2): ((B + 15, 9),),
    (13, 1): ((A + 6, 9),), (14, 1): ((A + 7, 9),),
}  # fmt: skip
TIMERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
FAST_TIMERS = (1, 8, 9, 10, 11)  # on APB2

ADC_PINS = {
    A + 0: 0, A + 1: 1, A + 2: 2, A + 3: 3, A + 4: 4, A + 5: 5, A + 6: 6, A + 7: 7,
    B + 0: 8, B + 1: 9, C + 0: 10, C + 1: 11, C + 2: 12, C + 3: 13, C + 4: 14, C + 5: 15,
}  # fmt: skip

# TX, RX
UART_PINS = {
    1: (B + 6, B + 7),
    2: (A + 2, A + 3),
    3: (B + 10, B + 11),
    4: (A + 0, A + 1),
    6: (C + 6, C + 7),
}
UART_NAMES = {"XA": 4, "XB": 1, "YA": 6, "YB": 3}
REPL_UART = 0  # none: USB alone
# SCL, SDA
I2C_PINS = {1: (B + 6, B + 7), 2: (B + 10, B + 11)}
I2C_NAMES = {"X": 1, "Y": 2}

LEDS = (A + 13, A + 14, A + 15, B + 4)  # red, green, yellow, blue; high is lit
SWITCH = B + 3
CPU_HZ = 168_000_000
