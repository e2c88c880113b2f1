"""Source as small as it gets with every line in its place: for boards that run .py files.

A board's filesystem has no room for comments, and a traceback must still point to the right line.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import tokenize

INDENT = 4  # spaces a level in the firmware's sources; one is left
_WORDS = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING)  # side by side they need a space


def lean(source: str) -> str:
    """The same program without comments, docstrings, three quarters of its indentation and spaces
    that only a reader needs."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _documented(node):
            text = node.body[0]
            indent = lines[text.lineno - 1][: text.col_offset]
            assert text.end_lineno is not None
            for number in range(text.lineno - 1, text.end_lineno):
                lines[number] = ""
            if len(node.body) == 1:
                lines[text.lineno - 1] = indent + "pass"
    inside: set[int] = set()  # lines that a string goes on over: their spaces are text
    tokens = list(tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline))
    spaces = [  # where they begin and end; of a line the last ones first
        (before.end, token.start[1])
        for before, token in itertools.pairwise(tokens)
        if before.end[0] == token.start[0]
        and before.end[1] < token.start[1]
        and lines[token.start[0] - 1][before.end[1] : token.start[1]].isspace()
        and not (before.type in _WORDS and token.type in _WORDS)
    ][::-1]
    for token in tokens:
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip()
        elif token.type == tokenize.STRING:
            inside.update(range(row + 1, token.end[0] + 1))
    for (row, column), end in spaces:
        lines[row - 1] = lines[row - 1][:column] + lines[row - 1][end:]
    for number, line in enumerate(lines, 1):
        if number not in inside:
            lines[number - 1] = re.sub(
                "^ +", lambda spaces: " " * -(-len(spaces[0]) // INDENT), line
            ).rstrip()
    return "\n".join(lines).rstrip() + "\n"


def _documented(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
