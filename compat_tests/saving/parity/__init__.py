"""Files of the real Keras here, and ours there: python -m compat_tests.saving.parity."""
