"""Calls of the loaders whose results are recorded from tf_keras: data set and arguments."""

CASES = {
    "imdb": ("imdb", {}),
    "imdb num_words": ("imdb", {"num_words": 20}),
    "imdb skip_top": ("imdb", {"num_words": 30, "skip_top": 5}),
    "imdb maxlen": ("imdb", {"maxlen": 9}),
    "imdb seed": ("imdb", {"seed": 7, "num_words": 25}),
    "imdb characters": ("imdb", {"start_char": 5, "oov_char": 6, "index_from": 10, "num_words": 30}),
    "imdb no start": ("imdb", {"start_char": None, "num_words": 30}),
    "imdb bare": ("imdb", {"start_char": None, "index_from": 0, "oov_char": None, "num_words": 9, "maxlen": 99}),
    "imdb no oov": ("imdb", {"oov_char": None, "num_words": 15, "skip_top": 8, "maxlen": 12}),
    "imdb nb_words": ("imdb", {"nb_words": 12}),
    "reuters": ("reuters", {}),
    "reuters num_words": ("reuters", {"num_words": 20, "test_split": 0.3}),
    "reuters all": ("reuters", {"num_words": 30, "skip_top": 3, "maxlen": 11, "seed": 2, "oov_char": None}),
    "reuters no test": ("reuters", {"test_split": 0.0, "start_char": None}),
    "boston": ("boston_housing", {}),
    "boston seed": ("boston_housing", {"seed": 3, "test_split": 0.33}),
}
