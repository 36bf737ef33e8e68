"""Long data made short without changing its checksum, at memory's speed on NumPy.

Data is a polynomial over bits, and its checksum the rest of a division by some P. Where P divides x^a + x^b + ... + 1
it also divides that with x^(2^n) for x, powers of two being linear here. So, with 64 or 512 for the power: in long data
each word may be added, without carry, to the words a and a - b, ... places after it, and then left out.
"""

from __future__ import annotations

import threading

import numpy as np

#: Its steps are short: two threads would wait for Python's lock longer than they add.
_one_at_a_time = threading.Lock()


class Folding:
    """The last words of all data there has been, as many as `a`, changed so that they have its checksum.

    Args:
        exponents: a, b, ... from the highest on, without the 0.
        word: the dtype of words.
        number: how many words stand for one, as any power of two of them may.
        state: that of the checksum before; it belongs to the first four bytes.
    """

    def __init__(self, exponents: tuple[int, ...], word: np.dtype, number: int, state: int) -> None:
        self._size, *lower = (number * exponent for exponent in exponents)
        self._shifts = [self._size - exponent for exponent in lower]
        #: Words that can be added at once, before one of them would change.
        self._longest = min(*self._shifts, *lower)
        self._words, self._place = np.zeros(self._size, word), 0
        # As what is added to others at first, to which it does not belong: so it is taken from there beforehand.
        for start in (0, *self._shifts):
            own = self._words[start:].view(np.uint8)[:4]
            own ^= np.frombuffer(state.to_bytes(4, "little"), np.uint8)

    def add(self, words: np.ndarray) -> None:
        """Goes on with words that stand together."""
        with _one_at_a_time:
            begin, size, all_words = 0, self._size, self._words
            while begin < len(words):
                place = self._place
                starts = [(place + shift) % size for shift in self._shifts]
                count = min(self._longest, len(words) - begin, size - place, *(size - start for start in starts))
                own = all_words[place : place + count]
                for start in starts:
                    later = all_words[start : start + count]
                    np.bitwise_xor(later, own, out=later)
                np.bitwise_xor(own, words[begin : begin + count], out=own)
                self._place = (place + count) % size
                begin += count

    def rest(self) -> np.ndarray:
        """Bytes with the same checksum, without a state before."""
        return np.concatenate([self._words[self._place :], self._words[: self._place]]).view(np.uint8)
