"""compile, fit, evaluate and predict: the settings, the loop, and the step."""
