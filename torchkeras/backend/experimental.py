"""keras.backend.experimental: the switch for TensorFlow's stateless generators, which torch does not have."""

_enabled = True


def enable_tf_random_generator() -> None:
    """Accepted: layers draw from torch's generators in any case."""
    global _enabled
    _enabled = True


def disable_tf_random_generator() -> None:
    """Accepted: layers draw from torch's generators in any case."""
    global _enabled
    _enabled = False


def is_tf_random_generator_enabled() -> bool:
    """What was last asked for."""
    return _enabled


__all__ = ["disable_tf_random_generator", "enable_tf_random_generator", "is_tf_random_generator_enabled"]
