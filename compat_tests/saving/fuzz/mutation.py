"""Files that are nearly right: real ones with some of their bytes, texts or numbers changed."""

from __future__ import annotations

import json
import random
import struct
from typing import Any

#: What sizes, counts and offsets become: limits of integers, and sizes that nobody has memory for.
NUMBERS = [0, 1, 2, 127, 128, 255, 256, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with one to four changes."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        if not data:
            return bytes(data)
        chance.choice(
            [_flip_bit, _set_byte, _write_number, _write_number, _cut_off, _remove, _repeat, _copy_over, _zero]
        )(data, chance)
    return bytes(data)


def _place(data: bytearray, chance: random.Random) -> int:
    # The beginnings of files say what the rest is: half of the changes are made there.
    return chance.randrange(min(len(data), 512) if chance.random() < 0.5 else len(data))


def _flip_bit(data: bytearray, chance: random.Random) -> None:
    data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _set_byte(data: bytearray, chance: random.Random) -> None:
    data[_place(data, chance)] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])


def _write_number(data: bytearray, chance: random.Random) -> None:
    form, bits = chance.choice([("<H", 16), ("<I", 32), (">I", 32), ("<Q", 64)])
    place = _place(data, chance)
    piece = struct.pack(form, chance.choice(NUMBERS) % 2**bits)
    data[place : place + len(piece)] = piece


def _cut_off(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _remove(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    del data[place : place + chance.randint(1, 64)]


def _repeat(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place:place] = data[place : place + chance.randint(1, 64)]


def _copy_over(data: bytearray, chance: random.Random) -> None:
    source, target, size = _place(data, chance), _place(data, chance), chance.randint(1, 64)
    piece = data[source : source + size]
    data[target : target + len(piece)] = piece


def _zero(data: bytearray, chance: random.Random) -> None:
    place, size = _place(data, chance), chance.randint(1, 64)
    data[place : place + size] = bytes(len(data[place : place + size]))


# --- JSON ---

#: What stands in for texts, among them names that code has been run by.
TEXTS = [
    "", "nothing", "builtins", "os", "system", "os.system", "eval", "exec", "__import__", "function", "Lambda",
    "lambda",
    "TFSMLayer", "TorchModuleWrapper", "Functional", "Sequential", "Model", "Dense", "Custom>Dense", "keras.layers",
    "keras.utils", "get_file", "load_model", "enable_unsafe_deserialization", "../../x", "/etc/passwd", "float32",
    "x" * 70000,
]  # fmt: skip
VALUES: list[Any] = [
    None,
    True,
    False,
    -1,
    0,
    1,
    2,
    10**6,
    10**9,
    10**12,
    2**63,
    1e308,
    -0.5,
    [],
    {},
    [[]],
    [None],
    "",
    {"class_name": "Dense"},
]


def mutated_json(text: str, chance: random.Random) -> str:
    """A JSON text with one to three of its values changed, removed, moved or nested."""
    try:
        root = [json.loads(text)]
    except ValueError:
        return text
    for _ in range(chance.randint(1, 3)):
        places = list(_places(root))
        if not places:
            break
        holder, key = chance.choice(places)
        change = chance.randrange(7)
        if change == 0:
            holder[key] = chance.choice(VALUES)
        elif change == 1:
            holder[key] = chance.choice(TEXTS)
        elif change == 2 and holder is not root:
            del holder[key]
        elif change == 3:
            other, its_key = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[its_key]))
        elif change == 4:
            for _ in range(chance.choice([1, 5, 300])):
                holder[key] = chance.choice([[holder[key]], {"config": holder[key]}])
        elif change == 5 and isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
            holder[key] = chance.choice([holder[key] + 1, -holder[key], holder[key] * 1000, chance.choice(NUMBERS)])
        elif isinstance(holder, dict):
            holder[chance.choice(TEXTS[:-1])] = holder.pop(key)
        else:
            holder.insert(key, json.loads(json.dumps(holder[key])))
    return json.dumps(root[0])


def _places(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
