"""The prompt's line editor, key by key, as a terminal shows it."""

from collections.abc import Iterator

import pytest

from patrolcar_sim.bench import Bench
from screen import Screen

LEFT, RIGHT, UP, DOWN = b"\x1b[D", b"\x1b[C", b"\x1b[A", b"\x1b[B"
ENTER, TAB, BACKSPACE = b"\r", b"\t", b"\x7f"


def ctrl(letter: str) -> bytes:
    return bytes([ord(letter) & 0x1F])


class Prompt:
    """The friendly REPL of a bench, with a person's keys and screen."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.screen = Screen()
        bench.board.type(b"\x02")
        bench.until(b">>> ")
        self.screen.show(b">>> ")

    def type(self, *keys: bytes) -> str:
        """Types; the last line with the cursor."""
        board = self._bench.board
        for key in keys:
            board.type(key)
            board.run(board.now_us + 2_000)  # a prompt takes what is typed in no time
            self.screen.show(bytes(self._bench.console))
            self._bench.console.clear()
        return self.screen.line

    def enter(self, *keys: bytes) -> list[str]:
        """Types and Enter; the lines that appear before the next prompt."""
        before = len(self.screen.lines)
        assert self.type(*keys, ENTER) == ">>> |"
        return self.screen.lines[before:-1]


@pytest.fixture
def prompt(bench: Bench) -> Iterator[Prompt]:
    yield Prompt(bench)
    bench.board.type(b"\x03\x03\x01")
    bench.until(b"raw REPL; CTRL-B to exit\r\n>")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ([b"abcd", LEFT, LEFT, b"X"], "abX|cd"),
        ([b"abcd", LEFT * 6, RIGHT, b"X"], "aX|bcd"),
        ([b"abcd", RIGHT], "abcd|"),
        ([b"abcd", b"\x1b[H", b"X"], "X|abcd"),
        ([b"abcd", b"\x1b[1~", b"X"], "X|abcd"),
        ([b"abcd", b"\x1b[7~", b"X", b"\x1b[8~"], "Xabcd|"),
        ([b"abcd", b"\x1bOH", b"X", b"\x1bOF"], "Xabcd|"),
        ([b"abcdefgh", ctrl("A"), b"X", ctrl("E"), b"Y"], "XabcdefghY|"),
        ([b"abcd", ctrl("B"), b"X", ctrl("F"), b"Y"], "abcXdY|"),
        ([b"abcd", BACKSPACE, b"\x08"], "ab|"),
        ([b"abcd", LEFT, LEFT, BACKSPACE], "a|cd"),
        ([b"abcd", LEFT, LEFT, b"\x1b[3~"], "ab|d"),
        ([b"abcd", LEFT, LEFT, ctrl("D"), ctrl("D"), ctrl("D")], "ab|"),
        ([b"abcd", LEFT, ctrl("K")], "abc|"),
        ([b"abcd", LEFT, ctrl("U")], "|d"),
        ([BACKSPACE, b"\x1b[3~", LEFT, b"a"], "a|"),
        ([b"a", b"\x1bx\x1b[Zb"], "ab|"),
        ([b"a", "é€🚗".encode(), b"b"], "ab|"),
        ([b"a\x00\x07\x1c", b"b"], "ab|"),
    ],
)
def test_a_key_edits_the_line(prompt: Prompt, keys: list[bytes], line: str) -> None:
    assert prompt.type(*keys) == ">>> " + line


def test_what_is_shown_is_what_is_run(prompt: Prompt) -> None:
    assert prompt.enter(b"print('ac')", LEFT * 3, b"b", ctrl("E"), b"  # x") == ["abc"]


def test_the_value_of_an_expression_is_shown_and_kept(prompt: Prompt) -> None:
    assert prompt.enter(b"6 * 7") == ["42"]
    assert prompt.enter(b"_ + 1") == ["43"]
    assert prompt.enter(b"None") == []


def test_the_history_has_eight_lines(prompt: Prompt) -> None:
    for i in range(10):
        prompt.enter(b"%d" % (100 + i))
    assert prompt.type(UP) == ">>> 109|"
    assert prompt.type(UP, UP, DOWN) == ">>> 108|"
    assert prompt.type(ctrl("P") * 20) == ">>> 102|"
    assert prompt.type(ctrl("N") * 20) == ">>> |"


def test_a_line_from_the_history_can_be_changed(prompt: Prompt) -> None:
    prompt.enter(b"print(12345678)")
    prompt.enter(b"1")
    assert prompt.enter(UP, UP, LEFT, BACKSPACE * 3) == ["12345"]
    assert prompt.type(UP) == ">>> print(12345)|"


def test_a_repeated_line_is_kept_once(prompt: Prompt) -> None:
    prompt.enter(b"'first'")
    prompt.enter(b"'again'")
    prompt.enter(b"'again'")
    assert prompt.type(UP, UP) == ">>> 'first'|"


def test_a_block_is_indented_and_ends_with_empty_lines(prompt: Prompt) -> None:
    assert prompt.type(b"for i in range(2):", ENTER) == "...     |"
    assert prompt.type(b"if i:", ENTER) == "...         |"
    assert prompt.type(b"print(i)", ENTER, BACKSPACE) == "...     |"
    assert prompt.type(b"print('end')", ENTER, BACKSPACE) == "... |"
    before = len(prompt.screen.lines)
    assert prompt.type(ENTER) == ">>> |"
    assert prompt.screen.lines[before:-1] == ["end", "1", "end"]


def test_indenting_stops_where_a_person_types_the_spaces(prompt: Prompt) -> None:
    prompt.type(b"if 1:", ENTER, b" ")
    assert prompt.screen.line.rstrip("| ") == "..."
    assert prompt.screen.column == len("...  ")
    assert prompt.type(b"x = 1", ENTER) == "... |"


def test_pasted_lines_with_their_own_indentation_run(prompt: Prompt) -> None:
    text = b"def f():\r    a = 2\r    return a\r\r"
    prompt.type(ctrl("E"))
    assert prompt.screen.line == "=== |"
    prompt.type(text, b"print(f(), '\xc3\xa4')", ctrl("D"))
    assert prompt.screen.lines[-2:] == ["2 ä", ">>> "]


def test_paste_mode_can_be_left_without_running(prompt: Prompt) -> None:
    assert prompt.type(ctrl("E"), b"print(1)", ctrl("C")) == ">>> |"
    assert prompt.screen.lines[-2] == "=== print(1)"


@pytest.mark.parametrize(
    "text",
    ["(1,", "[", "{'a':", "'''x", '"""', "x = \\", "if 1:", "@f", "async def f():", "while x:"],
)
def test_an_unfinished_statement_goes_on(prompt: Prompt, text: str) -> None:
    assert prompt.type(text.encode(), ENTER).startswith("... ")
    assert prompt.type(ctrl("C")) == ">>> |"


@pytest.mark.parametrize(
    "text",
    ["iffy = 1", "ford = '('", "x = \"'''\"", "a = [(1)]", "'it\\'s ('", "1 #", "a_class = 2"],
)
def test_a_finished_statement_runs(prompt: Prompt, text: str) -> None:
    assert prompt.type(text.encode(), ENTER) == ">>> |"


def test_ctrl_d_ends_a_block_at_once(prompt: Prompt) -> None:
    prompt.type(b"if 1:", ENTER, b"print('now')", ENTER, BACKSPACE, ctrl("D"))
    assert prompt.screen.lines[-1] == ">>> "
    assert "now" in prompt.screen.lines[-2]


def test_ctrl_c_clears_the_line(prompt: Prompt) -> None:
    assert prompt.type(b"print(1)", ctrl("C")) == ">>> |"
    assert prompt.screen.lines[-2] == ">>> print(1)"


def test_ctrl_b_shows_the_banner_again(prompt: Prompt) -> None:
    prompt.type(ctrl("B"))
    assert prompt.screen.lines[-3].startswith("MicroPython v")
    assert prompt.screen.lines[-2:] == ['Type "help()" for more information.', ">>> "]


def test_tab_completes_names_and_attributes(prompt: Prompt) -> None:
    prompt.enter(b"import machine; speed_limit = 7; speed_now = 3")
    assert prompt.type(b"spe", TAB) == ">>> speed_|"
    assert prompt.type(TAB) == ">>> speed_|"
    assert prompt.screen.lines[-2].split() == ["speed_limit", "speed_now"]
    assert prompt.type(b"l", TAB, ctrl("C")) == ">>> |"
    assert prompt.screen.lines[-2] == ">>> speed_limit"
    assert prompt.type(b"1 + machine.Sig", TAB) == ">>> 1 + machine.Signal|"
    assert prompt.type(ctrl("U"), b"machine.Pin.PULL_", TAB) == ">>> machine.Pin.PULL_|"
    assert prompt.screen.lines[-2].split() == ["PULL_DOWN", "PULL_NONE", "PULL_UP"]


def test_tab_shows_names_in_four_columns_and_the_line_again(prompt: Prompt) -> None:
    prompt.enter(b"va = vb = vc = vd = ve = 1")
    assert prompt.type(b"1 + 2", LEFT * 4, b" v", LEFT, RIGHT, TAB) == ">>> 1 v| + 2"
    assert prompt.screen.lines[-3] == "va              vb              vc              vd"
    assert prompt.screen.lines[-2] == "ve"


def test_tab_knows_import_and_its_modules(prompt: Prompt) -> None:
    assert prompt.type(b"im", TAB) == ">>> import |"
    assert prompt.type(b"mach", TAB) == ">>> import machine|"


def test_tab_without_a_match_does_nothing(prompt: Prompt) -> None:
    assert prompt.type(b"nothing_like_it", TAB) == ">>> nothing_like_it|"
    assert prompt.type(ctrl("U"), b"unknown.x", TAB) == ">>> unknown.x|"


def test_tab_after_a_space_indents(prompt: Prompt) -> None:
    assert prompt.type(b"x = ", TAB) == ">>> x =     |"


def test_input_is_edited_as_well(prompt: Prompt) -> None:
    assert prompt.type(b"input('name? ')", ENTER) == "name? |"
    assert prompt.enter(b"rox", LEFT, BACKSPACE, b"ob", ctrl("E"), BACKSPACE) == ["'rob'"]


def test_the_prompts_can_be_changed(prompt: Prompt) -> None:
    assert prompt.type(b"import sys; sys.ps1 = 'car> '", ENTER) == "car> |"
    assert prompt.type(b"sys.ps1 = '>>> '", ENTER) == ">>> |"
