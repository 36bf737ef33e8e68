"""Dense, Activation, Embedding and other layers that most models are made of."""
