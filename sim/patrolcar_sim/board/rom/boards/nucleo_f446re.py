# nucleo_f446re.py: the NUCLEO-F446RE (STM32F446) as its build of the stm32 port knows it.
#
# Sources: STM32F446 data sheet DS10693, table 11 (alternate functions); the port's
# boards/NUCLEO_F446RE (mpconfigboard.h, pins.csv). A pin is port * 16 + number, port A = 0.
# PH0 and PH1, the clock's pins, are left out.

A, B, C, D = 0, 16, 32, 48

BOARD = {
    "D0": A + 3, "D1": A + 2, "D2": A + 10, "D3": B + 3, "D4": B + 5, "D5": B + 4, "D6": B + 10,
    "D7": A + 8, "D8": A + 9, "D9": C + 7, "D10": B + 6, "D11": A + 7, "D12": A + 6, "D13": A + 5,
    "D14": B + 9, "D15": B + 8,
    "A0": A + 0, "A1": A + 1, "A2": A + 4, "A3": B + 0, "A4": C + 1, "A5": C + 0,
    "PA0": A + 0, "PA1": A + 1, "PA2": A + 2, "PA3": A + 3, "PA4": A + 4, "PA5": A + 5,
    "PA6": A + 6, "PA7": A + 7, "PA8": A + 8, "PA9": A + 9, "PA10": A + 10, "PA11": A + 11,
    "PA12": A + 12, "PA15": A + 15,
    "PB0": B + 0, "PB1": B + 1, "PB2": B + 2, "PB3": B + 3, "PB4": B + 4, "PB5": B + 5,
    "PB6": B + 6, "PB7": B + 7, "PB8": B + 8, "PB9": B + 9, "PB10": B + 10, "PB12": B + 12,
    "PB13": B + 13, "PB14": B + 14, "PB15": B + 15,
    "PC0": C + 0, "PC1": C + 1, "PC2": C + 2, "PC3": C + 3, "PC4": C + 4, "PC5": C + 5,
    "PC6": C + 6, "PC7": C + 7, "PC8": C + 8, "PC9": C + 9, "PC10": C + 10, "PC11": C + 11,
    "PC12": C + 12, "PC13": C + 13, "PC14": C + 14, "PC15": C + 15, "PD2": D + 2,
    "LED": A + 5, "SW": C + 13,
}  # fmt: skip
# The pins of ports A to D that have a processor's name ("A6"), a bit each; board names go first.
CPU = (0x9FFF, 0xF7FF, 0xFFFF, 0x0004)

# (timer, channel): the pins on which it can stand, and the alternate function's number
TIMER_PINS = {
    (1, 1): ((A + 8, 1),), (1, 2): ((A + 9, 1),), (1, 3): ((A + 10, 1),), (1, 4): ((A + 11, 1),),
    (2, 1): ((A + 0, 1), (A + 5, 1), (A + 15, 1), (B + 8, 1)),
    (2, 2): ((A + 1, 1), (B + 3, 1), (B + 9, 1)),
    (2, 3): ((A + 2, 1), (B + 10, 1)), (2, 4): ((A + 3, 1), (B + 2, 1)),
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
UART_PINS = {2: (A + 2, A + 3), 6: (C + 6, C + 7)}
UART_NAMES = {}
REPL_UART = 2  # to the ST-Link, 115200 baud
# SCL, SDA
I2C_PINS = {1: (B + 6, B + 7), 2: (B + 10, B + 3), 3: (A + 8, C + 9)}
I2C_NAMES = {}

LEDS = (A + 5,)  # green; high is lit
SWITCH = C + 13
CPU_HZ = 168_000_000
