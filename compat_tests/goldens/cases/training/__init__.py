"""Trainings: step by step under every optimizer, and whole sessions with compile, fit, evaluate and predict."""

from . import callbacks, errors, feeds, heads, labels, metrics, recurrent, sessions
from .schema import SessionCase, StepsCase
from .steps import STEPS

TRAINING: list[StepsCase | SessionCase] = [
    *STEPS,
    *recurrent.CASES,
    *labels.CASES,
    *feeds.CASES,
    *heads.CASES,
    *metrics.CASES,
    *sessions.CASES,
    *callbacks.CASES,
    *errors.CASES,
]

__all__ = ["TRAINING", "SessionCase", "StepsCase"]
