"""Regular expressions on texts."""

from __future__ import annotations

import re
from typing import Any

import torch

from torchkeras.core.text import mapped
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import numbers, one_text, texts
from torchkeras.tensorflow.strings.re2 import compiled


def _pattern(pattern: Any, kernel: str) -> re.Pattern[str]:
    return compiled(_text(one_text(pattern, "pattern")), kernel)


def _text(value: bytes) -> str:
    # Bytes that are no UTF-8 go through as they are.
    return value.decode("utf-8", "surrogateescape")


@operation("strings.regex_full_match", "RegexFullMatch")
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:
    """Whether the whole of each text matches a pattern, in RE2's syntax."""
    found, matches = texts(input, "RegexFullMatch"), _pattern(pattern, "RegexFullMatch").fullmatch
    return numbers([matches(_text(text)) is not None for text in found.reshape(-1)], torch.bool, found.shape)


@operation("strings.regex_replace", "RegexReplace")
def regex_replace(input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None) -> Any:
    r"""Each text with what matches a pattern replaced.

    Args:
        pattern: in RE2's syntax.
        rewrite: what comes in place; `\1` is the first group, `\0` all that matched.
        replace_global: replace every match, not only the first.
    """
    found, known = texts(input, "RegexReplace"), _pattern(pattern, "RegexReplace")
    parts = _rewrite(_text(one_text(rewrite, "rewrite")), known.groups)
    if parts is None:  # RE2 leaves texts alone when a rewrite asks for groups the pattern has not
        return StringTensor(found)
    return StringTensor(mapped(lambda text: _replaced(known, parts, text, replace_global), found))


_ESC = "surrogateescape"


def _replaced(known: re.Pattern[str], parts: list[Any], text: bytes, everywhere: bool) -> bytes:
    source, out, end = _text(text), [], 0
    last = -1
    for match in known.finditer(source):
        if match.end() == match.start() == last:
            continue  # nothing matched right behind a match: not a match in RE2
        if _is_stray(match[0]):
            continue
        out.append(source[end : match.start()])
        out += [part if isinstance(part, str) else match[part] or "" for part in parts]
        end = last = match.end()
        if not everywhere:
            break
    return ("".join(out) + source[end:]).encode("utf-8", _ESC)


def _is_stray(matched: str) -> bool:
    # A byte that is no UTF-8 is no character to RE2.
    return len(matched) == 1 and "\udc80" <= matched <= "\udcff"


def _rewrite(rewrite: str, groups: int) -> list[Any] | None:
    """The rewrite as texts and numbers of groups; None where RE2 would not take it."""
    parts: list[Any] = []
    for piece in re.findall(r"\\.|\\$|[^\\]+", rewrite, re.DOTALL):
        if not piece.startswith("\\"):
            parts.append(piece)
        elif piece == r"\\":
            parts.append("\\")
        elif piece[1:].isdigit() and piece[1:].isascii():
            if int(piece[1]) > groups:
                return None
            parts.append(int(piece[1]))
        else:
            invalid(f"Invalid rewrite: {rewrite}, error: Rewrite schema error: {piece} not allowed.", "RegexReplace")
    return parts
