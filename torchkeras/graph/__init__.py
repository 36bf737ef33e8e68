"""Symbolic tensors, the nodes that make them, and the flat program of a functional model."""
