"""tf.random.Generator: random numbers whose state is a variable."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.mixing import mixed
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import size, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.random import distributions

_BITS = 2**64


class Algorithm(enum.IntEnum):
    """TensorFlow's algorithms; here they say how long the state is, the numbers are torch's."""

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3


_LENGTHS = {Algorithm.PHILOX: 3, Algorithm.THREEFRY: 2}


def algorithm(alg: Any) -> Algorithm:
    """An algorithm by any of its spellings."""
    if isinstance(alg, str):
        names = {"philox": 1, "threefry": 2, "auto_select": 3}
        if alg in names:
            alg = names[alg]
    elif isinstance(alg, torch.Tensor):
        alg = int(alg)
    try:
        found = Algorithm(alg)
    except ValueError:
        raise ValueError(
            f"Argument `alg` got unsupported value {alg}. Supported values are philox for the Philox algorithm, "
            f"threefry for the ThreeFry algorithm, and auto_select for auto-selection."
        ) from None
    return Algorithm.PHILOX if found is Algorithm.AUTO_SELECT else found


def _signed(number: int) -> int:
    return (number + _BITS // 2) % _BITS - _BITS // 2


def create_rng_state(seed: Any, alg: Any) -> Any:
    """The state that a seed (a number, or several) starts with."""
    length = _LENGTHS[algorithm(alg)]
    found = [_signed(int(n)) for n in tensor(seed).reshape(-1).tolist()] if not isinstance(seed, int) else [seed]
    found = [_signed(n) for n in found[:length]]
    return made(torch.tensor(found + [0] * (length - len(found)), dtype=torch.int64))


class Generator:
    """Random numbers whose state is a variable: to be set back, kept in checkpoints, split.

    Make one with `from_seed`, `from_non_deterministic_state`, `from_state` or `from_key_counter`.

    Args:
        copy_from: a generator to begin at the state of.
        state: a state to begin with.
        alg: 'philox' or 'threefry', with `state`.

    Example: `g = tf.random.Generator.from_seed(1); g.normal((2, 3))`
    """

    def __init__(self, copy_from: Any = None, state: Any = None, alg: Any = None) -> None:
        if copy_from is not None:
            if state is not None or alg is not None:
                raise ValueError("With `copy_from` neither `state` nor `alg` can be given.")
            self._alg = copy_from._alg
            value = copy_from.state.parameter.detach().clone()
        else:
            if alg is None or state is None:
                raise AssertionError("`state` and `alg` are needed; or use `tf.random.Generator.from_seed(seed)`.")
            self._alg = algorithm(alg)
            value = _checked(state, self._alg)
        self._state_var = Variable(value, trainable=False, name="StateVar")

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """A generator that begins at a state."""
        return cls(alg=alg, state=state)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator that begins at a seed: the same numbers each time."""
        found = algorithm(Algorithm.PHILOX if alg is None else alg)
        return cls(state=create_rng_state(seed, found), alg=found)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator that begins anywhere."""
        found = algorithm(Algorithm.PHILOX if alg is None else alg)
        return cls(state=[_signed(secrets.randbits(64)) for _ in range(_LENGTHS[found])], alg=found)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any) -> Generator:
        """A generator of a key, that begins at a counter."""
        found = algorithm(alg)
        return cls(state=_of_key(key, counter, found), alg=found)

    # --- the state ---

    @property
    def state(self) -> Variable:
        return self._state_var

    def _checkpoint_children(self) -> dict[str, Any]:
        """What `tf.train.Checkpoint` keeps."""
        return {"_state_var": self._state_var}

    @property
    def algorithm(self) -> int:
        return int(self._alg)

    @property
    def key(self) -> Any:
        """What generators that were split from one another differ in."""
        return made(self._state_var.parameter.detach()[-1].clone())

    def reset(self, state: Any) -> None:
        """Goes to a state."""
        self._state_var.assign(_checked(state, self._alg))

    def reset_from_seed(self, seed: Any) -> None:
        """Goes to where a seed begins."""
        self._state_var.assign(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Goes to a key and a counter."""
        self._state_var.assign(_of_key(key, counter, self._alg))

    def skip(self, delta: Any) -> Any:
        """Leaves out so many samples; gives the state as it was before, as TensorFlow does."""
        before = self._state_var.parameter.detach().clone()
        self._advance(size(delta) * 256)
        return made(before)

    def _advance(self, steps: int) -> None:
        numbers = self._state_var.parameter.tolist()
        counter = sum((n % _BITS) << (64 * i) for i, n in enumerate(numbers[:-1])) + steps
        new = [_signed(counter >> (64 * i) & (_BITS - 1)) for i in range(len(numbers) - 1)]
        self._state_var.assign(torch.tensor([*new, numbers[-1]], dtype=torch.int64))

    def _source(self, samples: int) -> Callable[[torch.device], torch.Generator]:
        """What one call draws so many samples from; the state moves behind them."""
        seed = 0
        for number in self._state_var.parameter.tolist():
            seed = mixed(seed, number)
        self._advance(samples * 256)
        return lambda device: torch.Generator(device).manual_seed(seed)

    # --- numbers ---

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: str | None = None
    ) -> Any:
        """Normally distributed values."""
        return self._normal(shape, mean, stddev, dtype, distributions.standard_normal)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: str | None = None
    ) -> Any:
        """Normally distributed values within two standard deviations."""
        return self._normal(shape, mean, stddev, dtype, distributions.truncated_normal)

    def _normal(self, shape: Any, mean: Any, stddev: Any, dtype: Any, fill: Callable[..., torch.Tensor]) -> Any:
        wanted = distributions.float_dtype(dtype, mean)
        out = distributions.empty(sizes(shape), wanted)
        fill(out, self._source(max(out.numel(), 1))(out.device))
        return made(distributions.scaled(out, stddev, mean, wanted))

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32, name: str | None = None
    ) -> Any:
        """Evenly distributed values from `minval` to, without, `maxval`."""
        wanted = dtypes.as_dtype(dtype)
        if wanted.is_integer and (minval is None) != (maxval is None):
            raise ValueError(
                f"For integer dtype {wanted}, minval and maxval must be both `None` or both non-`None`; got "
                f"minval={minval} and maxval={maxval}"
            )
        if maxval is None and not wanted.is_integer:
            maxval = 1
        whole = sizes(shape)
        source = self._source(max(torch.Size(whole).numel(), 1))
        return made(distributions.uniform(whole, minval, maxval, dtypes.torch_of(wanted), source, "RandomUniformInt"))

    def uniform_full_int(self, shape: Any, dtype: Any = dtypes.uint64, name: str | None = None) -> Any:
        """Integers of their whole range."""
        return self.uniform(shape, None, None, dtype)

    def binomial(self, shape: Any, counts: Any, probs: Any, dtype: Any = dtypes.int32, name: str | None = None) -> Any:
        """How many of so many trials succeed, each with this probability."""
        trials, chance = tensor(counts, torch.float32), tensor(probs, torch.float32)
        whole = list(torch.broadcast_shapes(tuple(sizes(shape)), trials.shape, chance.shape))
        source = self._source(max(torch.Size(whole).numel(), 1))
        return made(distributions.binomial(whole, trials, chance, dtypes.torch_of(dtype), source))

    # --- further generators ---

    def make_seeds(self, count: Any = 1) -> Any:
        """Seeds for stateless functions, one in each column."""
        columns = size(count)
        numbers = self.uniform_full_int([columns], dtypes.int64)
        return made(torch.stack([tensor(numbers), torch.zeros_like(tensor(numbers))]))

    def split(self, count: Any = 1) -> list[Generator]:
        """Generators whose numbers are independent of each other and of this one's."""
        keys = tensor(self.uniform_full_int([size(count)], dtypes.int64)).tolist()
        return [Generator(state=_of_key(key, [0, 0], self._alg), alg=self._alg) for key in keys]


def _of_key(key: Any, counter: Any, alg: Algorithm) -> list[int]:
    counts = sizes(counter)[: _LENGTHS[alg] - 1]
    return [*counts, *([0] * (_LENGTHS[alg] - 1 - len(counts))), size(key)]


def _checked(state: Any, alg: Algorithm) -> torch.Tensor:
    found = tensor(state).detach().long().clone()
    if tuple(found.shape) != (_LENGTHS[alg],):
        raise ValueError(f"Shapes {tuple(found.shape)} and [{_LENGTHS[alg]}] are incompatible")
    return found.cpu()


class _Global:
    generator: Generator | None = None


def get_global_generator() -> Generator:
    """The generator that programs share; begins anywhere."""
    if _Global.generator is None:
        _Global.generator = Generator.from_non_deterministic_state()
    return _Global.generator


def set_global_generator(generator: Generator) -> None:
    """Makes a generator the one that programs share."""
    _Global.generator = generator


__all__ = ["Algorithm", "Generator", "create_rng_state", "get_global_generator", "set_global_generator"]
