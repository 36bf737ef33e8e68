"""Layers that move values without computing: Flatten, Reshape, padding, cropping, up-sampling."""
