"""What a whole run shares: the board's port, and the table of figures at its end."""

from __future__ import annotations

import pytest

import figures


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--port",
        help="tests/board runs on the MicroPython at this serial port instead of a virtual board",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures.show(terminalreporter)
