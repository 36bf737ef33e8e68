"""Those that train the networks, each in a process of its own with the Python that has its packages."""
