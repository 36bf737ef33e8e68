"""Values recorded from the real tf_keras, and the tests that hold torchkeras to them.

    cases/        the table of cases: plain data, which neither side needs to be installed for
    arrays.py     seeded inputs and weights
    build.py      what both sides do alike
    reference.py  runs a case on tf_keras; record.py writes what it returns to data/
    runner.py     runs a case on torchkeras
    compare.py    says what differs; live.py compares the two in one process

A new case is a row in a file of cases/, then `python -m compat_tests.goldens.record --only ITS_NAME`.
"""
