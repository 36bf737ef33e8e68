"""Callbacks against what those of tf_keras do.

scripts.py    figures of made-up runs, and what plays them to a callback of either side
hooks.py      the callbacks of a real run, which write down what they are told
progress.py   made-up runs to be shown as progress
record.py     plays and runs them on tf_keras: `python -m compat_tests.callbacks.record` writes data/
"""
