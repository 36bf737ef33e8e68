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
_STEPS = 4  # before what is left moves to the front


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
        self._longest = min(self._shifts)  # words that can be left out at once, before one of them would change
        self._words, self._place = np.zeros(self._size + _STEPS * self._longest, word), 0
        # As what is left out first. It is to be added to the first word alone: for the others, it is there already.
        for start in (0, *self._shifts):
            self._words[start:].view(np.uint8)[:4] = np.frombuffer(state.to_bytes(4, "little"), np.uint8)

    def add(self, words: np.ndarray) -> None:
        """Goes on with words that stand together."""
        with _one_at_a_time:
            memory, size, place, begin = self._words, self._size, self._place, 0
            while begin < len(words):
                if place + size == len(memory):
                    memory[:size] = memory[place:]
                    place = 0
                count = min(self._longest, len(words) - begin, len(memory) - size - place)
                own, end = memory[place : place + count], place + size
                np.bitwise_xor(own, words[begin : begin + count], out=memory[end : end + count])
                for shift in self._shifts:
                    later = memory[place + shift : place + shift + count]
                    np.bitwise_xor(later, own, out=later)
                begin, place = begin + count, place + count
            self._place = place

    def rest(self) -> np.ndarray:
        """Bytes with the same checksum, without a state before."""
        return self._words[self._place : self._place + self._size].view(np.uint8)
