"""The public operations, and the ones they are made of."""
