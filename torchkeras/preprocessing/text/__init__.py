"""keras.preprocessing.text: texts as lists of numbers."""

from torchkeras.preprocessing.text.tokenizer import Tokenizer, tokenizer_from_json
from torchkeras.preprocessing.text.words import hashing_trick, one_hot, text_to_word_sequence

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]
