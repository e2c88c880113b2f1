# stm.py: flash that reads as erased and takes nothing, registers that read as 0.

FLASH, FLASH_ACR, FLASH_KEYR, FLASH_SR, FLASH_CR = 0x40023C00, 0x00, 0x04, 0x0C, 0x10
IWDG, IWDG_KR = 0x40003000, 0x00
RTC, RTC_BKP19R = 0x40002800, 0x9C


class _Memory:
    def __init__(self, erased):
        self._erased = erased

    def __getitem__(self, address):
        return self._erased if address >> 24 == 8 else 0

    def __setitem__(self, address, value):
        pass


mem8 = _Memory(0xFF)
mem16 = _Memory(0xFFFF)
mem32 = _Memory(0xFFFFFFFF)
