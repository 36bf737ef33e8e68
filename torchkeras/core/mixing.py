"""mixed: seeds made of seeds."""

from __future__ import annotations


def mixed(seed: int, count: int) -> int:
    """One 64-bit seed from a seed and a number of calls, such that near ones give far ones (splitmix64's mixing)."""
    bits = 2**64 - 1
    number = (seed + (count + 1) * 0x9E3779B97F4A7C15) & bits
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & bits
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & bits
    return (number ^ (number >> 31)) & (2**63 - 1)


__all__ = ["mixed"]
