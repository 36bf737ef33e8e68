"""Tests of torchkeras; the folders mirror the package."""
