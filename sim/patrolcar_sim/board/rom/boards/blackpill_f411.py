# blackpill_f411.py: the WeAct Black Pill (STM32F411) as its build of the stm32 port knows it.
#
# Sources: STM32F411 data sheet DS10314, table 9 (alternate functions); the port's
# boards/WEACT_F411_BLACKPILL (mpconfigboard.h, pins.csv). A pin is port * 16 + number, port A = 0.

A, B, C = 0, 16, 32

BOARD = {"LED_BLUE": C + 13, "SW": A + 0}
# The pins of ports A to D that have a processor's name ("A0"), a bit each. The package has no B11.
CPU = (0xFFFF, 0xF7FF, 0xE000, 0x0000)

# (timer, channel): the pins on which it can stand, and the alternate function's number
TIMER_PINS = {
    (1, 1): ((A + 8, 1),), (1, 2): ((A + 9, 1),), (1, 3): ((A + 10, 1),), (1, 4): ((A + 11, 1),),
    (2, 1): ((A + 0, 1), (A + 5, 1), (A + 15, 1)), (2, 2): ((A + 1, 1), (B + 3, 1)),
    (2, 3): ((A + 2, 1), (B + 10, 1)), (2, 4): ((A + 3, 1),),
    (3, 1): ((A + 6, 2), (B + 4, 2)), (3, 2): ((A + 7, 2), (B + 5, 2)),
    (3, 3): ((B + 0, 2),), (3, 4): ((B + 1, 2),),
    (4, 1): ((B + 6, 2),), (4, 2): ((B + 7, 2),), (4, 3): ((B + 8, 2),), (4, 4): ((B + 9, 2),),
    (5, 1): ((A + 0, 2),), (5, 2): ((A + 1, 2),), (5, 3): ((A + 2, 2),), (5, 4): ((A + 3, 2),),
    (9, 1): ((A + 2, 3),), (9, 2): ((A + 3, 3),), (10, 1): ((B + 8, 3),), (11, 1): ((B + 9, 3),),
}  # fmt: skip
TIMERS = (1, 2, 3, 4, 5, 9, 10, 11)
FAST_TIMERS = (1, 9, 10, 11)  # on APB2

ADC_PINS = {
    A + 0: 0, A + 1: 1, A + 2: 2, A + 3: 3, A + 4: 4, A + 5: 5, A + 6: 6, A + 7: 7,
    B + 0: 8, B + 1: 9,
}  # fmt: skip

# TX, RX
UART_PINS = {1: (A + 9, A + 10), 2: (A + 2, A + 3)}
UART_NAMES = {}
REPL_UART = 1  # beside USB
# SCL, SDA
I2C_PINS = {1: (B + 6, B + 7), 2: (B + 10, B + 9), 3: (A + 8, B + 8)}
I2C_NAMES = {}

LEDS = (C + 13,)  # blue; low is lit
SWITCH = A + 0
CPU_HZ = 96_000_000
