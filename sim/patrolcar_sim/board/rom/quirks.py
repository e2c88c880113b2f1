# quirks.py: what faults do inside the chip: its clock leaps ahead, its heap shrinks, its
# filesystem is full, and each word that it programs is told to the board first. Loaded where a
# fault asks for it.

import gc
import os
import time

import _registers
import chip
import flash
import profiler

_SCALE = 2  # objects are twice the board's size here (process.py)
_PIECES = (16, 4, 1)  # KB
_FILLER = "/flash/filler.bin"

_full = False
_at_boot = 0  # KB that this run began without
_wanted = 0  # KB that are to be gone beside
_held = None  # the pieces, as (piece, the rest)
_held_kb = 0
_charge = profiler.task_done
_bases = time._US_AT_RESET, time._MS_AT_RESET


def start(settings, taken_kb):
    """What of it this run needs; `taken_kb` of the heap are gone already."""
    global _at_boot, _full
    _at_boot = taken_kb
    _full = settings.get("fill", False)
    chip.on_news = _news
    profiler.task_done = _task_done
    _registers.tell = settings.get("flash", False)


def _news():
    """The board says how far the clock has leapt, and how much of the heap is gone."""
    global _wanted
    leap_us = chip.reply[26] | chip.reply[27] << 32
    time._US_AT_RESET = _bases[0] + leap_us
    time._MS_AT_RESET = _bases[1] + leap_us // 1000
    _wanted = chip.reply[28] - _at_boot


def _task_done(index):
    if _wanted != _held_kb:
        _hold()
    _charge(index)


def _hold():
    """Takes what is missing as far as there is any, and gives back what is too much."""
    global _held, _held_kb, _wanted
    try:
        bytearray(16)
    except MemoryError:
        return  # the heap is locked just now
    if _held_kb > _wanted:
        _held = None
        _held_kb = 0
    gc.collect()
    for kb in _PIECES:
        try:
            while _wanted - _held_kb >= kb:
                _held = (bytearray(kb * 1024 * _SCALE), _held)
                _held_kb += kb
        except MemoryError:
            pass
    _wanted = _held_kb


def fill():
    """Fills the filesystem with a file, in no time, where it is to be full."""
    if not _full:
        return
    stall, output = chip.stall, chip.output
    chip.stall = chip.output = _nothing
    try:
        # Littlefs keeps room to finish with where a write fails.
        with open(_FILLER, "ab") as file:
            while True:
                file.write(b"\xa5" * flash.BLOCK)
                file.flush()
    except OSError:
        pass
    try:
        os.sync()
    except (AttributeError, OSError):
        pass
    flash.storage.sync()
    chip.stall, chip.output = stall, output


def _nothing(*arguments):
    pass
