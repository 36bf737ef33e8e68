"""TensorFlow's regular expressions (RE2's) in the terms of Python's."""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.strings.scripts import NAMES, runs

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_POSIX_COMPLEMENTS = {
    "alnum": r"\x00-/:-@\[-`{-\U0010ffff", "alpha": r"\x00-@\[-`{-\U0010ffff", "ascii": r"\x80-\U0010ffff",
    "digit": r"\x00-/:-\U0010ffff", "lower": r"\x00-`{-\U0010ffff", "upper": r"\x00-@\[-\U0010ffff",
    "space": r"\x00-\x08\x0e-\x1f!-\U0010ffff", "word": r"\x00-/:-@\[-^`{-\U0010ffff",
    "punct": r"\x00- 0-9A-Za-z\x7f-\U0010ffff", "blank": r"\x00-\x08\n-\x1f!-\U0010ffff",
    "cntrl": r" -~\x80-\U0010ffff", "graph": r"\x00- \x7f-\U0010ffff", "print": r"\x00-\x1f\x7f-\U0010ffff",
    "xdigit": r"\x00-/:-@G-`g-\U0010ffff",
}  # fmt: skip
# Python's \s has the vertical tab, RE2's has not.
_SHORT = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_SHORT_COMPLEMENTS = {
    "D": _POSIX_COMPLEMENTS["digit"], "W": _POSIX_COMPLEMENTS["word"], "S": r"\x00-\x08\x0b\x0e-\x1f!-\U0010ffff",
}  # fmt: skip


@functools.lru_cache(maxsize=256)
def compiled(pattern: str, kernel: str) -> re.Pattern[str]:
    """The pattern, for texts as str; an InvalidArgumentError where RE2 would not take it."""
    try:
        return re.compile(_Translation(pattern, kernel).result(), re.ASCII)
    except re.error as error:
        invalid(f"Invalid pattern: {pattern}, error: {error}", kernel)


class _Translation:
    """One pattern, read from left to right."""

    def __init__(self, pattern: str, kernel: str) -> None:
        self.pattern, self.kernel, self.at = pattern, kernel, 0
        self.out: list[str] = []
        self.closers = [0]  # for each open group, how many `(?i:` were opened within it
        self.flags = [""]  # what holds within it
        self.lazy = False

    def result(self) -> str:
        while self.at < len(self.pattern):
            self._next()
        return "".join(self.out) + ")" * self.closers[0]

    def _refuse(self, what: str) -> None:
        invalid(f"Invalid pattern: {self.pattern}, error: {what}", self.kernel)

    def _next(self) -> None:
        char = self.pattern[self.at]
        if char == "\\":
            self._escape()
        elif char == "[":
            self._set()
        elif char == "(":
            self._open()
        elif char == ")":
            self.at += 1
            self.out.append(")" * (self.closers.pop() + 1) if len(self.closers) > 1 else ")")
            if len(self.flags) > 1:
                self.flags.pop()
        elif char == "$":
            self.at += 1
            self.out.append("$" if "m" in self.flags[-1] else r"\Z")
        elif char in "*+?" or (char == "{" and re.match(r"\{\d+(,\d*)?\}", self.pattern[self.at :])):
            self._repeat()
        else:
            self.at += 1
            self.out.append(r"\{" if char == "{" else char)

    def _repeat(self) -> None:
        found = re.match(r"(\*|\+|\?|\{\d+(?:,\d*)?\})(\??)", self.pattern[self.at :])
        assert found is not None
        self.at += found.end()
        if re.match(r"[*+?]", self.pattern[self.at :]):
            self._refuse(f"bad repetition operator: {found[0]}{self.pattern[self.at]}")
        lazy = bool(found[2]) != ("U" in self.flags[-1])
        self.out.append(found[1] + ("?" if lazy else ""))

    def _open(self) -> None:
        rest = self.pattern[self.at :]
        if named := re.match(r"\(\?P?<([A-Za-z_]\w*)>", rest):
            self._begin(f"(?P<{named[1]}>", named.end())
        elif flags := re.match(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])", rest):
            self._flags(flags)
        elif rest.startswith("(?"):
            self._refuse(f"invalid perl operator: {rest[:3]}")
        else:
            self._begin("(", 1)

    def _begin(self, opening: str, length: int) -> None:
        self.out.append(opening)
        self.at += length
        self.closers.append(0)
        self.flags.append(self.flags[-1])

    def _flags(self, found: re.Match[str]) -> None:
        on, off = found[1], found[2] or ""
        present = "".join(sorted((set(self.flags[-1]) | set(on)) - set(off)))
        ours = "".join(flag for flag in on if flag != "U")
        less = "".join(flag for flag in off if flag != "U")
        opening = f"(?{ours}{'-' + less if less else ''}:"
        if found[3] == ":":
            self._begin(opening, found.end())
            self.flags[-1] = present
            return
        before, self.at = self.pattern[: self.at], self.at + found.end()
        if before and not before.endswith("(") and "|" in self.pattern[self.at :]:
            invalid(
                f"Flags within a pattern before an alternative are not supported here: {self.pattern}. Put them first.",
                self.kernel,
            )
        # Python has flags for a group only: one more group, to the end of the present one.
        self.out.append(opening)
        self.closers[-1] += 1
        self.flags[-1] = present

    def _escape(self) -> None:
        found = self._class_escape()
        if found is not None:
            self.out.append(f"[{found}]")
            return
        char = self.pattern[self.at + 1 : self.at + 2]
        if char == "z":
            self.out.append(r"\Z")
        elif char in ("A", "b", "B"):
            self.out.append("\\" + char)
        elif char == "C":
            self._refuse("\\C, a single byte, is not supported")
        elif char == "Q":
            end = self.pattern.find(r"\E", self.at)
            quoted = self.pattern[self.at + 2 : end if end >= 0 else None]
            self.out.append(re.escape(quoted))
            self.at = len(self.pattern) if end < 0 else end + 2
            return
        else:
            self.out.append(self._character())
            return
        self.at += 2

    def _character(self) -> str:
        """An escaped single character."""
        rest = self.pattern[self.at :]
        if code := re.match(r"\\x\{([0-9A-Fa-f]+)\}|\\x([0-9A-Fa-f]{2})", rest):
            self.at += code.end()
            return rf"\U{int(code[1] or code[2], 16):08x}"
        if octal := re.match(r"\\(0[0-7]{0,2}|[1-7][0-7]{2})", rest):
            self.at += octal.end()
            return rf"\U{int(octal[1], 8):08x}"
        char = rest[1:2]
        if not char:
            self._refuse("trailing \\")
        if char.isalnum() and char not in "afnrtv" and char.isascii():
            self._refuse(f"invalid escape sequence: \\{char}")
        self.at += 2
        return "\\" + char if char in "afnrtv" else re.escape(char)

    def _class_escape(self) -> str | None:
        """The inner of a set for `\\d`, `\\pL` and the like at this place, or None."""
        rest = self.pattern[self.at :]
        if rest[1:2] in _SHORT or rest[1:2] in _SHORT_COMPLEMENTS:
            self.at += 2
            return _SHORT.get(rest[1]) or _SHORT_COMPLEMENTS[rest[1]]
        if named := re.match(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))", rest):
            self.at += named.end()
            inner = _unicode_set(named[3] or named[4], (named[1] == "P") != (named[2] == "^"))
            if inner is None:
                self._refuse(f"invalid character class range: {named[0]}")
            return inner
        return None

    def _set(self) -> None:
        self.at += 1
        self.out.append("[")
        if self.pattern[self.at : self.at + 1] == "^":
            self.out.append("^")
            self.at += 1
        first = True
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "]" and not first:
                self.out.append("]")
                self.at += 1
                return
            first = False
            if posix := re.match(r"\[:(\^?)(\w+):\]", self.pattern[self.at :]):
                table = _POSIX_COMPLEMENTS if posix[1] else _POSIX
                if posix[2] not in table:
                    self._refuse(f"invalid character class range: {posix[0]}")
                self.out.append(table[posix[2]])
                self.at += posix.end()
            elif char == "\\":
                self.out.append(self._class_escape() or self._character())
            else:
                self.out.append("\\" + char if char in "[]&~|" else char)
                self.at += 1
        self._refuse("missing ]")


@functools.cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """The runs of code points of each general category."""
    found: dict[str, list[tuple[int, int]]] = {}
    last, start = unicodedata.category("\0"), 0
    for code in range(1, sys.maxunicode + 2):
        category = unicodedata.category(chr(code)) if code <= sys.maxunicode else ""
        if category != last:
            found.setdefault(last, []).append((start, code - 1))
            last, start = category, code
    return found


@functools.cache
def _unicode_set(name: str, complement: bool) -> str | None:
    """The inner of a set of the characters of a category or a script."""
    if name == "Any":
        ranges = [(0, sys.maxunicode)]
    elif name in NAMES:
        ranges = runs(NAMES[name])
    else:
        ranges = sorted(r for key, value in _categories().items() if key.startswith(name) for r in value)
    if not ranges:
        return None
    if complement:
        edges = [-1, *(edge for r in ranges for edge in r), sys.maxunicode + 1]
        pairs = zip(edges[::2], edges[1::2])
        ranges = [(a + 1, b - 1) for a, b in pairs if a + 1 <= b - 1]
    return "".join(rf"\U{a:08x}-\U{b:08x}" for a, b in ranges)
