"""Closed readers of containers: the only places that open such files."""
