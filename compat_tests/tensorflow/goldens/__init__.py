"""What functions of the tf namespace give, beside what TensorFlow gave.

A file `cases_<area>.py` is a table of named functions of (tf, np) that run unchanged against either library: `CASES`,
whose results are compared, `ERRORS`, whose exception's type is, and, where a case needs one, its `TOLERANCE`.
`record.py` writes what TensorFlow gives into `data/`; `runner.py` compares.
"""
