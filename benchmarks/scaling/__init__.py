"""What a step costs that several processes share: a simulator, and what it is checked by."""
