# stm.py: the stm32 port's stm module, as far as it is built: memory by address, and the names of
# the registers that are behind it.
#
# Names and offsets are those that the port's make-stmconst.py takes out of CMSIS' stm32f405xx.h;
# the F411's and F446's are the same. A register that is not built raises, see _registers.py.

from _registers import mem8, mem16, mem32

FLASH = 0x40023C00
FLASH_ACR = 0x00
FLASH_KEYR = 0x04
FLASH_SR = 0x0C
FLASH_CR = 0x10

IWDG = 0x40003000
IWDG_KR = 0x00

PWR = 0x40007000
PWR_CR = 0x00

RTC = 0x40002800
RTC_BKP0R = 0x50
RTC_BKP1R = 0x54
RTC_BKP2R = 0x58
RTC_BKP3R = 0x5C
RTC_BKP4R = 0x60
RTC_BKP5R = 0x64
RTC_BKP6R = 0x68
RTC_BKP7R = 0x6C
RTC_BKP8R = 0x70
RTC_BKP9R = 0x74
RTC_BKP10R = 0x78
RTC_BKP11R = 0x7C
RTC_BKP12R = 0x80
RTC_BKP13R = 0x84
RTC_BKP14R = 0x88
RTC_BKP15R = 0x8C
RTC_BKP16R = 0x90
RTC_BKP17R = 0x94
RTC_BKP18R = 0x98
RTC_BKP19R = 0x9C


def __getattr__(name):
    raise AttributeError("stm.%s is not built on this board" % name)
