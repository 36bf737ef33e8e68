"""The script of each character, by the numbers ICU gives scripts.

`scripts.txt` has what Unicode's Scripts.txt says, in runs: the first code point (hexadecimal) and the script's number.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

#: Names that patterns such as `\\p{Greek}` use.
NAMES = {
    "Common": 0, "Inherited": 1, "Arabic": 2, "Armenian": 3, "Bengali": 4, "Bopomofo": 5, "Cherokee": 6, "Coptic": 7,
    "Cyrillic": 8, "Devanagari": 10, "Ethiopic": 11, "Georgian": 12, "Gothic": 13, "Greek": 14, "Gujarati": 15,
    "Gurmukhi": 16, "Han": 17, "Hangul": 18, "Hebrew": 19, "Hiragana": 20, "Kannada": 21, "Katakana": 22, "Khmer": 23,
    "Lao": 24, "Latin": 25, "Malayalam": 26, "Mongolian": 27, "Myanmar": 28, "Ogham": 29, "Oriya": 31, "Runic": 32,
    "Sinhala": 33, "Syriac": 34, "Tamil": 35, "Telugu": 36, "Thaana": 37, "Thai": 38, "Tibetan": 39,
}  # fmt: skip


@functools.cache
def _table() -> tuple[np.ndarray, np.ndarray]:
    pairs = [line.split() for line in Path(__file__).with_name("scripts.txt").read_text().splitlines()]
    return np.array([int(start, 16) for start, _ in pairs]), np.array([int(code) for _, code in pairs], dtype=np.int32)


def script_of(codes: np.ndarray) -> np.ndarray:
    """The number of each code point's script; -1 for what is no code point."""
    starts, scripts = _table()
    found = scripts[np.searchsorted(starts, np.clip(codes, 0, 0x10FFFF), side="right") - 1]
    return np.where((codes < 0) | (codes > 0x10FFFF), -1, found).astype(np.int32)


def runs(script: int) -> list[tuple[int, int]]:
    """The runs of code points of a script, first and last of each."""
    starts, scripts = _table()
    ends = np.append(starts[1:], 0x110000) - 1
    return [(int(a), int(b)) for a, b, s in zip(starts, ends, scripts) if s == script]
