# _registers.py: the memory bus behind stm.mem8, mem16 and mem32: flash at 0x08000000, the flash
# interface with the chip's rules, the RTC's backup registers and the watchdog's key register.
#
# Flash interface: RM0090 section 3 (the F411's and F446's manuals say the same).
# - FLASH_CR is locked until KEYR has got both keys. A wrong key is a bus fault, which the port
#   answers with a reset, as any access to an address that is not built does with an exception.
# - With PG set, an access of PSIZE's width programs: bits only go from 1 to 0. Without PG it sets
#   PGSERR, with another width PGPERR, and changes nothing.
# - SER, SNB and STRT erase a sector. MicroPython runs from this flash, so the processor stands
#   still meanwhile. A cut in that time leaves a sector that is neither old nor erased.
# Backup registers: writable, since the port's RTC start-up sets PWR_CR's DBP and leaves it so.

import chip
import flash

_FLASH_START = 0x08000000
_ACR, _KEYR, _SR, _CR = 0x40023C00, 0x40023C04, 0x40023C0C, 0x40023C10
_IWDG_KR = 0x40003000
_PWR_CR = 0x40007000
_BACKUP_START, _BACKUP_END = 0x40002850, 0x400028A0

_KEY1, _KEY2 = 0x45670123, 0xCDEF89AB
_PG, _SER, _STRT, _LOCK = 1, 2, 1 << 16, 1 << 31
_CR_BITS = 0x0301037F  # of those that stay as they were written; MER is not built
_PGPERR, _PGSERR = 1 << 6, 1 << 7
_SR_BITS = 0x1F3  # cleared by writing 1
_DBP = 1 << 8

_PROGRAM_US = 16  # DS8626: a byte, a half-word or a word
_WIDTHS = (1, 2, 4, 8)  # by PSIZE

_image = None
_size = 0
_starts = []
_sizes = []
_program = ()
_backup = [0] * 20
_one = bytearray(4)
_acr = 0x705  # caches on and five wait states, as the port leaves it
_cr = _LOCK
_sr = 0
_keys = 0  # how many have come
_power = _DBP
tell = False  # each word that is programmed is told to the board, before it is there


def connect(image, sectors, program, backup):
    """The chip's flash, its sectors' sizes, those with MicroPython in them, what was kept."""
    global _image, _size, _program
    _image = image
    _program = tuple(program)
    for size in sectors:
        _starts.append(_size)
        _sizes.append(size)
        _size += size
    _backup[:] = backup


class _Memory:
    def __init__(self, width):
        self._width = width

    def _check(self, address):
        if address & (self._width - 1):
            raise ValueError("address %08x is not aligned to %d bytes" % (address, self._width))

    def __getitem__(self, address):
        self._check(address)
        chip.now += 1
        if _FLASH_START <= address < _FLASH_START + _size:
            return _load(address - _FLASH_START, self._width)
        shift = (address & 3) << 3
        return _register(address & ~3) >> shift & ((1 << (self._width << 3)) - 1)

    def __setitem__(self, address, value):
        width = self._width
        self._check(address)
        chip.now += 1
        value &= (1 << (width << 3)) - 1
        if _FLASH_START <= address < _FLASH_START + _size:
            _store(address - _FLASH_START, width, value)
        elif address == _IWDG_KR:
            _watchdog_key(value)
        elif width == 4:
            _set_register(address, value)
        else:
            raise NotImplementedError("stm.mem%d at 0x%08x is not built" % (width * 8, address))


def _load(offset, width):
    _image.seek(offset)
    _image.readinto(_one, width)
    value = 0
    for i in range(width):
        value |= _one[i] << (i << 3)
    return value


def _store(offset, width, value):
    """A write into flash: a programming access, or an error."""
    global _sr
    if not _cr & _PG:
        _sr |= _PGSERR
    elif _WIDTHS[_cr >> 8 & 3] != width:
        _sr |= _PGPERR
    else:
        _refuse_program(_sector(offset))
        if tell:
            chip.output(chip.FLASH, _sector(offset), flash.WORD, offset)
            chip.advance(chip.now)
        value &= _load(offset, width)
        for i in range(width):
            _one[i] = value >> (i << 3) & 0xFF
        _image.seek(offset)
        _image.write(_one, width)
        chip.charge(_PROGRAM_US)


def _sector(offset):
    for i in range(len(_starts) - 1, -1, -1):
        if _starts[i] <= offset:
            return i


def _refuse_program(sector):
    if sector in _program:
        raise RuntimeError("flash sector %d holds MicroPython: the board would be dead" % sector)


def _erase():
    sector = _cr >> 3 & 0xF
    if not _cr & _SER or sector >= len(_sizes):
        raise NotImplementedError("FLASH_CR 0x%08x: only the erase of a sector is built" % _cr)
    _refuse_program(sector)
    size = _sizes[sector]
    chip.output(chip.FLASH, sector, flash.ERASE, _starts[sector])
    _clear(_starts[sector], size // 2)
    chip.stall(flash.ERASE_US[size // 1024])
    _clear(_starts[sector] + size // 2, size // 2)
    chip.output(chip.FLASH, sector, flash.DONE, _starts[sector])
    chip.stall(0)


def _clear(start, size):
    erased = b"\xff" * 512
    _image.seek(start)
    for _ in range(size // 512):
        _image.write(erased)


def _register(address):
    if address == _SR:
        return _sr
    if address == _CR:
        return _cr
    if address == _ACR:
        return _acr
    if address == _PWR_CR:
        return _power
    if _BACKUP_START <= address < _BACKUP_END:
        return _backup[(address - _BACKUP_START) >> 2]
    raise NotImplementedError("register 0x%08x is not built" % address)


def _set_register(address, value):
    global _sr, _cr, _acr, _power
    if _BACKUP_START <= address < _BACKUP_END:
        _set_backup(address - _BACKUP_START >> 2, value)
    elif address == _SR:
        _sr &= ~(value & _SR_BITS)
    elif address == _CR:
        if _cr & _LOCK:
            return
        if value & ~(_CR_BITS | _STRT | _LOCK):
            raise NotImplementedError("FLASH_CR 0x%08x: a bit of it is not built" % value)
        _cr = value & ~_STRT
        if value & _LOCK:
            _lock()
        elif value & _STRT:
            _erase()
    elif address == _KEYR:
        _key(value)
    elif address == _ACR:
        _acr = value & 0x1F07
    elif address == _PWR_CR:
        _power = value
    else:
        raise NotImplementedError("register 0x%08x is not built" % address)


def _set_backup(index, value):
    if not _power & _DBP:
        return
    _backup[index] = value
    chip.output(chip.BACKUP, index, 0, value - (1 << 32) if value >> 31 else value)


def _lock():
    global _keys
    _keys = 0


def _key(value):
    global _keys, _cr
    if _cr & _LOCK and value == (_KEY2 if _keys else _KEY1):
        _keys += 1
        if _keys == 2:
            _cr &= ~_LOCK
    else:
        chip.reset(chip.HARD)  # a bus fault: the port's hard-fault handler resets the chip


def _watchdog_key(value):
    if value != 0xAAAA:
        raise NotImplementedError("IWDG_KR 0x%04x: only the reload key is built" % value)
    chip.feed_watchdog()


mem8 = _Memory(1)
mem16 = _Memory(2)
mem32 = _Memory(4)
