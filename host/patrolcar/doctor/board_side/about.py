# about.py: what the board and its firmware are, and the board's file as a dict.

import os
import sys

import board
from patrol.version import BUILD, VERSION


def about():
    i = sys.implementation
    block, _, blocks, free = os.statvfs("/flash")[:4]
    pins = {n: getattr(board, n) for n in dir(board) if n[0].isupper()}
    return {
        "version": i.version[:3],
        "machine": getattr(i, "_machine", ""),
        "firmware": VERSION,
        "build": "".join(["%02x" % b for b in BUILD]),
        "flash": block * blocks,
        "free": block * free,
        "board": pins,
    }
