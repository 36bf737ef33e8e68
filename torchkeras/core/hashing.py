"""The hash functions of TensorFlow's buckets: FarmHash's Fingerprint64, SipHash-2-4, and its way to join two."""

from __future__ import annotations

_WORD = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def bucket(text: bytes, buckets: int) -> int:
    """The bucket of a text, as `tf.strings.to_hash_bucket_fast` has it."""
    return fingerprint64(text) % buckets


def strong_bucket(text: bytes, buckets: int, key: tuple[int, int]) -> int:
    """The bucket of a text under a key of two integers, as `tf.strings.to_hash_bucket_strong` has it."""
    return siphash(text, key) % buckets


# --- FarmHash ---


def fingerprint64(text: bytes) -> int:
    """FarmHash's Fingerprint64, from 0 to 2**64 - 1."""
    length = len(text)
    if length <= 16:
        return _up_to_16(text, length)
    if length <= 32:
        return _up_to_32(text, length)
    if length <= 64:
        return _up_to_64(text, length)
    return _longer(text, length)


def _fetch(text: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _rotate(value: int, by: int) -> int:
    return ((value >> by) | (value << (64 - by))) & _WORD


def _mix(value: int) -> int:
    return value ^ (value >> 47)


def _join(u: int, v: int, factor: int) -> int:
    a = _mix(((u ^ v) * factor) & _WORD)
    b = _mix(((v ^ a) * factor) & _WORD)
    return (b * factor) & _WORD


def _up_to_16(text: bytes, length: int) -> int:
    factor = _K2 + length * 2
    if length >= 8:
        a = (_fetch(text, 0) + _K2) & _WORD
        b = _fetch(text, length - 8)
        c = (_rotate(b, 37) * factor + a) & _WORD
        d = ((_rotate(a, 25) + b) * factor) & _WORD
        return _join(c, d, factor)
    if length >= 4:
        return _join(length + (_fetch(text, 0, 4) << 3), _fetch(text, length - 4, 4), factor)
    if length:
        y = text[0] + (text[length >> 1] << 8)
        z = length + (text[length - 1] << 2)
        return (_mix((y * _K2 ^ z * _K0) & _WORD) * _K2) & _WORD
    return _K2


def _up_to_32(text: bytes, length: int) -> int:
    factor = _K2 + length * 2
    a = (_fetch(text, 0) * _K1) & _WORD
    b = _fetch(text, 8)
    c = (_fetch(text, length - 8) * factor) & _WORD
    d = (_fetch(text, length - 16) * _K2) & _WORD
    y = _rotate((a + b) & _WORD, 43) + _rotate(c, 30) + d
    return _join(y & _WORD, (a + _rotate((b + _K2) & _WORD, 18) + c) & _WORD, factor)


def _up_to_64(text: bytes, length: int) -> int:
    factor = _K2 + length * 2
    a = (_fetch(text, 0) * _K2) & _WORD
    b = _fetch(text, 8)
    c = (_fetch(text, length - 8) * factor) & _WORD
    d = (_fetch(text, length - 16) * _K2) & _WORD
    y = (_rotate((a + b) & _WORD, 43) + _rotate(c, 30) + d) & _WORD
    z = _join(y, (a + _rotate((b + _K2) & _WORD, 18) + c) & _WORD, factor)
    e = (_fetch(text, 16) * factor) & _WORD
    f = _fetch(text, 24)
    g = ((y + _fetch(text, length - 32)) * factor) & _WORD
    h = ((z + _fetch(text, length - 24)) * factor) & _WORD
    first = (_rotate((e + f) & _WORD, 43) + _rotate(g, 30) + h) & _WORD
    return _join(first, (e + _rotate((f + a) & _WORD, 18) + g) & _WORD, factor)


def _pair(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """Two words of state from 32 bytes and two others."""
    w, x, y, z = (_fetch(text, at + 8 * i) for i in range(4))
    a = (a + w) & _WORD
    b = _rotate((b + a + z) & _WORD, 21)
    c = a
    a = (a + x + y) & _WORD
    b = (b + _rotate(a, 44)) & _WORD
    return (a + z) & _WORD, (b + c) & _WORD


def _longer(text: bytes, length: int) -> int:
    seed = 81
    x, y = (seed * _K2 + _fetch(text, 0)) & _WORD, (seed * _K1 + 113) & _WORD
    z = (_mix((y * _K2 + 113) & _WORD) * _K2) & _WORD
    v, w = (0, 0), (0, 0)
    for at in range(0, (length - 1) // 64 * 64, 64):
        x = (_rotate((x + y + v[0] + _fetch(text, at + 8)) & _WORD, 37) * _K1) & _WORD
        y = (_rotate((y + v[1] + _fetch(text, at + 48)) & _WORD, 42) * _K1) & _WORD
        x ^= w[1]
        y = (y + v[0] + _fetch(text, at + 40)) & _WORD
        z = (_rotate((z + w[0]) & _WORD, 33) * _K1) & _WORD
        v = _pair(text, at, (v[1] * _K1) & _WORD, (x + w[0]) & _WORD)
        w = _pair(text, at + 32, (z + w[1]) & _WORD, (y + _fetch(text, at + 16)) & _WORD)
        z, x = x, z
    factor = (_K1 + ((z & 0xFF) << 1)) & _WORD
    at = length - 64  # the last 64 bytes, some of which were seen before
    w = ((w[0] + ((length - 1) & 63)) & _WORD, w[1])
    v = ((v[0] + w[0]) & _WORD, v[1])
    w = ((w[0] + v[0]) & _WORD, w[1])
    x = (_rotate((x + y + v[0] + _fetch(text, at + 8)) & _WORD, 37) * factor) & _WORD
    y = (_rotate((y + v[1] + _fetch(text, at + 48)) & _WORD, 42) * factor) & _WORD
    x ^= (w[1] * 9) & _WORD
    y = (y + v[0] * 9 + _fetch(text, at + 40)) & _WORD
    z = (_rotate((z + w[0]) & _WORD, 33) * factor) & _WORD
    v = _pair(text, at, (v[1] * factor) & _WORD, (x + w[0]) & _WORD)
    w = _pair(text, at + 32, (z + w[1]) & _WORD, (y + _fetch(text, at + 16)) & _WORD)
    z, x = x, z
    first = (_join(v[0], w[0], factor) + _mix(y) * _K0 + z) & _WORD
    return _join(first, (_join(v[1], w[1], factor) + x) & _WORD, factor)


# --- joining, for crossed features ---

_CAT = 0xC6A4A7935BD1E995
#: What `tf.sparse.cross_hashed` starts with.
CROSS_KEY = 0xDECAFCAFFE


def joined(first: int, second: int) -> int:
    """One fingerprint for two, as `tf.sparse.cross_hashed` joins them."""
    result = first ^ _CAT
    result ^= (_mix((second * _CAT) & _WORD) * _CAT) & _WORD
    result = (result * _CAT) & _WORD
    return _mix((_mix(result) * _CAT) & _WORD)


# --- the older hash ---


def hash64(text: bytes) -> int:
    """The hash of `tf.strings.to_hash_bucket`: MurmurHash64A under TensorFlow's seed."""
    found = CROSS_KEY ^ (len(text) * _CAT & _WORD)
    whole = len(text) // 8 * 8
    for at in range(0, whole, 8):
        found = (found ^ (_mix(_fetch(text, at) * _CAT & _WORD) * _CAT & _WORD)) * _CAT & _WORD
    if whole < len(text):
        found = (found ^ int.from_bytes(text[whole:], "little")) * _CAT & _WORD
    return _mix(_mix(found) * _CAT & _WORD)


# --- SipHash ---


def siphash(text: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 of a text, from 0 to 2**64 - 1."""
    k0, k1 = key[0] & _WORD, key[1] & _WORD
    state = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    whole = len(text) // 8 * 8
    last = (len(text) & 0xFF) << 56 | int.from_bytes(text[whole:], "little")
    for word in [*(_fetch(text, at) for at in range(0, whole, 8)), last]:
        state[3] ^= word
        _sip_rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _sip_rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a, c = (a + b) & _WORD, (c + d) & _WORD
        b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
        a = _rotate(a, 32)
        c, a = (c + b) & _WORD, (a + d) & _WORD
        b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
        c = _rotate(c, 32)
    state[:] = a, b, c, d
