"""What everything else stands on: variables, dtypes, names, the registry of saved classes, errors."""
