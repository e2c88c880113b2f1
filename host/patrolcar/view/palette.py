"""The viewer's colours: Okabe and Ito's palette, told apart with any colour vision.

Source: M. Okabe, K. Ito, "Color Universal Design", 2008 (https://jfly.uni-koeln.de/color/).
"""

BLUE = "#0072B2"
GREEN = "#009E73"
VERMILLION = "#D55E00"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
INK = "#222222"
GREY = "#7a7a7a"
FAINT = "#d9d9d9"
PAPER = "#ffffff"
WALL = "#b8b8b8"

SENSOR_COLOURS = (BLUE, GREEN, VERMILLION, PURPLE, ORANGE)
"""Sonars left, front, right; ToF sensors left, right."""
