"""Cases of tf.strings: run unchanged against TensorFlow and against torchkeras.tensorflow."""

from __future__ import annotations

import string
from typing import Any

PUNCTUATION = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"
ESCAPED = r"""[!"#\$%\&\(\)\*\+,\-\./:;<=>\?@\[\\\]\^_`\{\|\}\~']"""
LONG = "Hello, world, this is a long string! 0123456789 abcdefghijklmnop"

CASES: dict[str, Any] = {
    # --- split ---
    "split one": lambda tf, np: tf.strings.split("a b  c "),
    "split several": lambda tf, np: tf.strings.split(["a b  c ", ""]),
    "split matrix": lambda tf, np: tf.strings.split([["a b"], ["c d e"]]),
    "split matrix shape": lambda tf, np: tf.strings.split([["a b"], ["c d e"]]).shape,
    "split sep": lambda tf, np: tf.strings.split("a,b,,c,", ","),
    "split sep several": lambda tf, np: tf.strings.split(["a, b", "c"], sep=", "),
    "split sep empty": lambda tf, np: tf.strings.split("a b", ""),
    "split maxsplit": lambda tf, np: tf.strings.split(["a b c d", "x", "a b", "  a   b   c  d "], maxsplit=1),
    "split maxsplit 2": lambda tf, np: tf.strings.split(["a b", "a b c", ""], maxsplit=2),
    "split maxsplit 0": lambda tf, np: tf.strings.split(["a b", ""], maxsplit=0),
    "split maxsplit 0 spaces": lambda tf, np: tf.strings.split(["  a b ", " "], maxsplit=0),
    "split maxsplit sep": lambda tf, np: tf.strings.split(["a,b,c,d", "x"], ",", maxsplit=2),
    "split path": lambda tf, np: tf.strings.split("/data/cats/1.jpg", "/")[-2],
    "split tabs": lambda tf, np: tf.strings.split(["a\tb\nc\x0bd\x0ce\rf"]),
    "split none": lambda tf, np: tf.strings.split([]),
    "split to_tensor": lambda tf, np: tf.strings.split(["a b c", "d"]).to_tensor(),
    "split ragged": lambda tf, np: tf.strings.split(tf.ragged.constant([["A b"], ["B", "C d e"]])),
    "bytes_split": lambda tf, np: tf.strings.bytes_split(["hé", "a"]),
    "bytes_split one": lambda tf, np: tf.strings.bytes_split("hé"),
    "bytes_split ragged": lambda tf, np: tf.strings.bytes_split(tf.ragged.constant([["ab"], ["c"]])),
    # --- join ---
    "join": lambda tf, np: tf.strings.join(["a", ["b", "c"]], separator="-"),
    "join none": lambda tf, np: tf.strings.join([]),
    "join tensors": lambda tf, np: tf.strings.join([tf.constant(["a", "b"]), tf.constant(["c", "d"])], " "),
    "join ragged": lambda tf, np: tf.strings.join([tf.ragged.constant([["ab"], ["c", "d"]]), "x"]),
    "plus": lambda tf, np: tf.constant(["a", "b"]) + "c",
    "reduce_join": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]]),
    "reduce_join 0": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=0, separator=" "),
    "reduce_join -1": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=-1),
    "reduce_join 0 1": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[0, 1], keepdims=True),
    "reduce_join 1 0": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[1, 0]),
    "reduce_join no axes": lambda tf, np: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[]),
    "reduce_join cube": lambda tf, np: tf.strings.reduce_join([[["a", "b"], ["c", "d"]]], axis=[0, 2], keepdims=True),
    "reduce_join ragged": lambda tf, np: tf.strings.reduce_join(
        tf.ragged.constant([["ab"], ["c", "d"]]), axis=-1, separator=" "
    ),
    "reduce_join ragged all": lambda tf, np: tf.strings.reduce_join(
        tf.ragged.constant([["a", "b"], [], ["c"]]), separator="-"
    ),
    "reduce_join ragged 0": lambda tf, np: tf.strings.reduce_join(tf.ragged.constant([["ab"], ["c", "d"]]), axis=0),
    "unsorted_segment_join": lambda tf, np: tf.strings.unsorted_segment_join(
        ["a", "b", "c"], [1, 0, 1], 3, separator=":"
    ),
    "unsorted_segment_join rows": lambda tf, np: tf.strings.unsorted_segment_join(
        [["a", "x"], ["b", "y"], ["c", "z"]], [0, 1, 0], 2
    ),
    # --- single texts ---
    "length": lambda tf, np: tf.strings.length(["a", "é", ""]),
    "length characters": lambda tf, np: tf.strings.length(["a", "é", "日本"], unit="UTF8_CHAR"),
    "length one": lambda tf, np: tf.strings.length("abc"),
    "length ragged": lambda tf, np: tf.strings.length(tf.ragged.constant([["ab"], ["c", "def"]])),
    "lower": lambda tf, np: tf.strings.lower(["ABÉ", "Hello World"]),
    "lower utf-8": lambda tf, np: tf.strings.lower(["ABÉ"], encoding="utf-8"),
    "lower array": lambda tf, np: tf.strings.lower(np.array([["A"], ["B"]])),
    "lower ragged": lambda tf, np: tf.strings.lower(tf.ragged.constant([["A"], ["B", "C"]])),
    "upper": lambda tf, np: tf.strings.upper(b"abc\xff"),
    "upper utf-8": lambda tf, np: tf.strings.upper("abßé", encoding="utf-8"),
    "strip": lambda tf, np: tf.strings.strip([" \ta b\n ", "\x0bx\x0c"]),
    "substr": lambda tf, np: tf.strings.substr(["hello", "world"], 1, 3),
    "substr negative": lambda tf, np: tf.strings.substr(["hello", "world"], -3, 2),
    "substr each": lambda tf, np: tf.strings.substr(["hello", "world"], [1, 2], [3, 2]),
    "substr broadcast": lambda tf, np: tf.strings.substr([["hello"], ["world"]], [1, 2], [2, 2]),
    "substr one broadcast": lambda tf, np: tf.strings.substr("hello", [1, 2], [3, 2]),
    "substr characters": lambda tf, np: tf.strings.substr("héllo", 1, 2, unit="UTF8_CHAR"),
    "substr long": lambda tf, np: tf.strings.substr("hello", 2, 100),
    "substr end": lambda tf, np: tf.strings.substr("hello", 5, 1),
    "substr negative length": lambda tf, np: tf.strings.substr("hello", 1, -2),
    "substr ragged": lambda tf, np: tf.strings.substr(tf.ragged.constant([["ab"], ["c", "d"]]), 0, 1),
    # --- regular expressions ---
    "regex groups": lambda tf, np: tf.strings.regex_replace("a1b22", r"(\d+)", r"<\1>"),
    "regex whole": lambda tf, np: tf.strings.regex_replace("a1b22", r"\d", r"[\0]", replace_global=False),
    "regex dollar sign": lambda tf, np: tf.strings.regex_replace("a1b22", r"\d", "$1&"),
    "regex empty": lambda tf, np: tf.strings.regex_replace("abc", "", "-"),
    "regex empty or not": lambda tf, np: tf.strings.regex_replace("abxc", "x*", "-"),
    "regex html": lambda tf, np: tf.strings.regex_replace("Hello<br />, it's me.", "<br />", " "),
    "regex punctuation": lambda tf, np: tf.strings.regex_replace(["Hello, it's me.<br />", PUNCTUATION], ESCAPED, ""),
    "regex punctuation 2": lambda tf, np: tf.strings.regex_replace(
        "a[b]c-d^e\\f", f"[{''.join(chr(92) + c for c in string.punctuation)}]", ""
    ),
    "regex shakespeare": lambda tf, np: tf.strings.regex_replace("Who's there? Ay.", "[^ a-z.?!,¿]", ""),
    "regex pad punctuation": lambda tf, np: tf.strings.regex_replace("¿Que? Si, no.", "[.?!,¿]", r" \0 "),
    "regex posix": lambda tf, np: tf.strings.regex_replace("ab1 C", r"[[:alpha:]]", "x"),
    "regex posix not": lambda tf, np: tf.strings.regex_replace("aBc1", r"[^[:lower:]]", "-"),
    "regex posix negated": lambda tf, np: tf.strings.regex_replace("aB1_ é", r"[[:^word:]]", "-"),
    "regex pL": lambda tf, np: tf.strings.regex_replace("ab1 Cé", r"\pL", "x"),
    "regex PL": lambda tf, np: tf.strings.regex_replace("aBc1é", r"\PL", "-"),
    "regex p in set": lambda tf, np: tf.strings.regex_replace("ab1 Cé", r"[\p{Lu}\p{N}]", "x"),
    "regex script": lambda tf, np: tf.strings.regex_replace("a日b", r"\p{Han}", "-"),
    "regex quoted": lambda tf, np: tf.strings.regex_replace("a.b", r"\Q.\E", "x"),
    "regex flag": lambda tf, np: tf.strings.regex_replace("AbaB", r"(?i)ab", "x"),
    "regex flag within": lambda tf, np: tf.strings.regex_replace("AbaB", r"a(?i)b", "x"),
    "regex end of text": lambda tf, np: tf.strings.regex_replace("ab\n", r"b\z", "x"),
    "regex dot and line end": lambda tf, np: tf.strings.regex_replace("a\nb", r"a.b", "x"),
    "regex dot all": lambda tf, np: tf.strings.regex_replace("a\nb", r"(?s)a.b", "x"),
    "regex dollar": lambda tf, np: tf.strings.regex_replace("a\n", r"a$", "x"),
    "regex lines": lambda tf, np: tf.strings.regex_replace("a\nb", r"(?m)^", "-"),
    "regex characters": lambda tf, np: tf.strings.regex_replace("é日x", r".", "_"),
    "regex word": lambda tf, np: tf.strings.regex_replace("é日x1", r"\w", "_"),
    "regex not word": lambda tf, np: tf.strings.regex_replace("é日x1", r"[\W]", "_"),
    "regex negated": lambda tf, np: tf.strings.regex_replace("é日x1", r"[^a-z]", "_"),
    "regex boundary": lambda tf, np: tf.strings.regex_replace("héllo wörld", r"\b", "|"),
    "regex space": lambda tf, np: tf.strings.regex_replace("a\x0bb c", r"\s", "-"),
    "regex code point": lambda tf, np: tf.strings.regex_replace("aé", r"\x{e9}", "-"),
    "regex named": lambda tf, np: tf.strings.regex_replace("aXbX", r"(?P<n>X)", r"\1\1\\"),
    "regex counted": lambda tf, np: tf.strings.regex_replace("aaa", r"a{2}", "-"),
    "regex brace": lambda tf, np: tf.strings.regex_replace("a{b}", r"{b}", "-"),
    "regex lazy": lambda tf, np: tf.strings.regex_replace("<a><b>", r"<.+?>", "-"),
    "regex ungreedy": lambda tf, np: tf.strings.regex_replace("aaa", r"(?U)a+", "-"),
    "regex alternatives": lambda tf, np: tf.strings.regex_replace("abc abd", r"ab(c|d)", r"\1"),
    "regex no such group": lambda tf, np: tf.strings.regex_replace("abc", "b", "\\3"),
    "regex bytes": lambda tf, np: tf.strings.regex_replace(b"a\xffb", r".", "-"),
    "regex ragged": lambda tf, np: tf.strings.regex_replace(tf.ragged.constant([["ab"], ["c"]]), "a", "x"),
    "regex full match": lambda tf, np: tf.strings.regex_full_match(["abc", "abcd", ""], "a.c"),
    "regex full match tensor": lambda tf, np: tf.strings.regex_full_match([["abc"], ["xabcd"]], tf.constant("a.*")),
    # --- numbers ---
    "to_number": lambda tf, np: tf.strings.to_number(["1", "2.5", " 3 ", "1e3", "inf", "nan", "0x10", "1e400"]),
    "to_number forms": lambda tf, np: tf.strings.to_number(["-inf", "infinity", "-0", "+1.5", ".5", "5."]),
    "to_number int32": lambda tf, np: tf.strings.to_number(["1", "-2", "+5"], tf.int32),
    "to_number int64": lambda tf, np: tf.strings.to_number("3000000000", out_type=tf.int64),
    "to_number float64": lambda tf, np: tf.strings.to_number("0.1", tf.float64),
    "as_string": lambda tf, np: tf.strings.as_string([1, 2]),
    "as_string floats": lambda tf, np: tf.strings.as_string([1.5, 2.0, 1e10, 1e-7, float("nan"), float("inf")]),
    "as_string doubles": lambda tf, np: tf.as_string(np.array([1.5, 1 / 3])),
    "as_string bools": lambda tf, np: tf.strings.as_string([True, False]),
    "as_string complex": lambda tf, np: tf.strings.as_string([1 + 2j]),
    "as_string precision": lambda tf, np: tf.strings.as_string([1.23456], precision=2),
    "as_string scientific": lambda tf, np: tf.strings.as_string([12345.678], scientific=True, precision=3),
    "as_string shortest": lambda tf, np: tf.strings.as_string([12345.678, 0.00001], shortest=True),
    "as_string zeros": lambda tf, np: tf.strings.as_string([12, 3], width=5, fill="0"),
    "as_string left": lambda tf, np: tf.strings.as_string([12, 3], width=5, fill="-"),
    "as_string width": lambda tf, np: tf.strings.as_string([12.5], width=10, precision=2, fill="0"),
    "as_string sign": lambda tf, np: tf.strings.as_string([5, -5], fill="+"),
    "as_string texts": lambda tf, np: tf.strings.as_string(["abc"], width=6),
    "as_string scalar": lambda tf, np: tf.strings.as_string(tf.constant(7, tf.int64)),
    # --- format ---
    "format": lambda tf, np: tf.strings.format("x={}, y={}", (tf.constant([1, 2]), tf.constant(2.5))),
    "format long": lambda tf, np: tf.strings.format("x={}", tf.range(10)),
    "format matrix": lambda tf, np: tf.strings.format("{}", tf.reshape(tf.range(64), (8, 8))),
    "format cube": lambda tf, np: tf.strings.format("{}", tf.reshape(tf.range(8), (2, 2, 2))),
    "format texts": lambda tf, np: tf.strings.format("{} {}", (tf.constant(["a", 'b"']), tf.constant("c"))),
    "format floats": lambda tf, np: tf.strings.format(
        "{}", tf.constant([0.1, 1.0, 1e10, 1 / 3, float("nan"), 1e-5]), summarize=9
    ),
    "format large": lambda tf, np: tf.strings.format("{}", tf.constant([100000.0, 1000000.0, 1234567.0, 123456789.0])),
    "format doubles": lambda tf, np: tf.strings.format("{}", tf.constant([0.1, 1 / 3, 1e10], tf.float64)),
    "format bools": lambda tf, np: tf.strings.format("{}", tf.constant([True, False])),
    "format all": lambda tf, np: tf.strings.format("{}", tf.range(10), summarize=-1),
    "format few": lambda tf, np: tf.strings.format("{}", tf.range(10), summarize=1),
    "format empty": lambda tf, np: tf.strings.format("{}", tf.constant([], tf.float32)),
    "format placeholder": lambda tf, np: tf.strings.format("x=%s", tf.constant("a"), placeholder="%s"),
    # --- Unicode ---
    "unicode_decode": lambda tf, np: tf.strings.unicode_decode(["hé", "a"], "UTF-8"),
    "unicode_decode one": lambda tf, np: tf.strings.unicode_decode("hé", "UTF-8"),
    "unicode_decode bad": lambda tf, np: tf.strings.unicode_decode([b"h\xffe"], "UTF-8"),
    "unicode_decode ignore": lambda tf, np: tf.strings.unicode_decode([b"h\xffe"], "UTF-8", errors="ignore"),
    "unicode_decode replace": lambda tf, np: tf.strings.unicode_decode(
        [b"h\xffe\x01"], "UTF-8", replacement_char=33, replace_control_characters=True
    ),
    "unicode_decode utf-16": lambda tf, np: tf.strings.unicode_decode("hé".encode("utf-16-be"), "UTF-16-BE"),
    "unicode_decode latin": lambda tf, np: tf.strings.unicode_decode(b"\xe9", "ISO-8859-1"),
    "unicode_decode matrix": lambda tf, np: tf.strings.unicode_decode([["ab"], ["c"]], "UTF-8"),
    "unicode_decode ragged": lambda tf, np: tf.strings.unicode_decode(tf.ragged.constant([["ab"], ["c"]]), "UTF-8"),
    "unicode_decode_with_offsets": lambda tf, np: tf.strings.unicode_decode_with_offsets("日本", "UTF-8"),
    "unicode_decode_with_offsets rows": lambda tf, np: tf.strings.unicode_decode_with_offsets(["日本", "a🎈"], "UTF-8"),
    "unicode_encode": lambda tf, np: tf.strings.unicode_encode([104, 233], "UTF-8"),
    "unicode_encode rows": lambda tf, np: tf.strings.unicode_encode([[97], [98]], "UTF-8"),
    "unicode_encode ragged": lambda tf, np: tf.strings.unicode_encode(
        tf.ragged.constant([[104, 233], [97]]), "UTF-16-BE"
    ),
    "unicode_encode ragged 2": lambda tf, np: tf.strings.unicode_encode(
        tf.ragged.constant([[[97], [98, 99]], []], ragged_rank=2, dtype=tf.int32), "UTF-8"
    ),
    "unicode_encode empty row": lambda tf, np: tf.strings.unicode_encode(
        input=tf.ragged.constant([[104, 105], [], [9731]]), output_encoding="UTF-8"
    ),
    "unicode_encode surrogate": lambda tf, np: tf.strings.unicode_encode([0xD800], "UTF-8"),
    "unicode_encode ignore": lambda tf, np: tf.strings.unicode_encode([0x110000, 97], "UTF-8", errors="ignore"),
    "unicode_split": lambda tf, np: tf.strings.unicode_split(["hé", "日本"], "UTF-8"),
    "unicode_split one": lambda tf, np: tf.strings.unicode_split("hé", "UTF-8"),
    "unicode_split_with_offsets": lambda tf, np: tf.strings.unicode_split_with_offsets(["hé", "日本"], "UTF-8"),
    "unicode_script": lambda tf, np: tf.strings.unicode_script(
        [97, 0x3B1, 0x4E00, 0x430, 0x5D0, 49, 32, 0x3042, 0x1F388, -1]
    ),
    "unicode_script guide": lambda tf, np: tf.strings.unicode_script([33464, 1041]),
    "unicode_transcode": lambda tf, np: tf.strings.unicode_transcode(["hé"], "UTF-8", "UTF-16-BE"),
    "unicode_transcode bad": lambda tf, np: tf.strings.unicode_transcode([b"h\xff"], "UTF-8", "UTF-8"),
    "unicode_transcode ignore": lambda tf, np: tf.strings.unicode_transcode(
        [b"h\xff\x01"], "UTF-8", "UTF-8", errors="ignore", replace_control_characters=True
    ),
    # --- hashes ---
    "to_hash_bucket": lambda tf, np: tf.strings.to_hash_bucket(["", "a", "ab", "abcdefg", "abcdefghijkl", "é"], 2**62),
    "to_hash_bucket long": lambda tf, np: tf.strings.to_hash_bucket([LONG, "abcdefgh"], 1000),
    "to_hash_bucket_fast": lambda tf, np: tf.strings.to_hash_bucket_fast(["", "a", "abcdefghi", LONG, LONG * 3], 2**62),
    "to_hash_bucket_fast few": lambda tf, np: tf.strings.to_hash_bucket_fast([["a"], ["b"]], 10),
    "to_hash_bucket_strong": lambda tf, np: tf.strings.to_hash_bucket_strong(["a", "b", LONG], 10, [1, 2]),
    # --- runs of words ---
    "ngrams": lambda tf, np: tf.strings.ngrams(["a", "b", "c"], 2),
    "ngrams several": lambda tf, np: tf.strings.ngrams(["a", "b", "c"], (1, 2), separator="|"),
    "ngrams ragged": lambda tf, np: tf.strings.ngrams(tf.ragged.constant([["a", "b", "c"], ["d"]]), 2),
    "ngrams empty row": lambda tf, np: tf.strings.ngrams(
        data=tf.ragged.constant([["a", "b", "c"], [], ["d", "e"]]), ngram_width=2
    ),
    "ngrams pad": lambda tf, np: tf.strings.ngrams(["a", "b"], 3, pad_values=("L", "R")),
    "ngrams pad 1": lambda tf, np: tf.strings.ngrams(["a", "b"], 3, pad_values="P", padding_width=1),
    "ngrams short": lambda tf, np: tf.strings.ngrams(
        tf.ragged.constant([["a"], ["b", "c", "d"]]), 3, preserve_short_sequences=True
    ),
    "ngrams short several": lambda tf, np: tf.strings.ngrams(["a"], (5, 3), preserve_short_sequences=True),
    "ngrams short pad": lambda tf, np: tf.strings.ngrams(
        ["a"], (5, 6), pad_values="P", padding_width=1, preserve_short_sequences=True
    ),
    "ngrams pad short": lambda tf, np: tf.strings.ngrams(["a"], (2, 3), pad_values="P", preserve_short_sequences=True),
    "ngrams matrix": lambda tf, np: tf.strings.ngrams([["a", "b"], ["c", "d"]], 2),
    "ngrams words": lambda tf, np: tf.strings.ngrams(tf.strings.split(["the cat sat", "dogs"]), (1, 2)),
}

ERRORS: dict[str, Any] = {
    "lower a number": lambda tf, np: tf.strings.lower(3),
    "length of numbers": lambda tf, np: tf.strings.length([1, 2]),
    "upper of a tensor": lambda tf, np: tf.strings.upper(tf.constant(3)),
    "split of a float": lambda tf, np: tf.strings.split(3.0),
    "join of numbers": lambda tf, np: tf.strings.join([1, 2]),
    "join of shapes": lambda tf, np: tf.strings.join([["a", "b"], ["c"]]),
    "reduce_join axis": lambda tf, np: tf.strings.reduce_join([["a", "b"]], axis=5),
    "length unit": lambda tf, np: tf.strings.length(["a"], unit="bad"),
    "lower encoding": lambda tf, np: tf.strings.lower(["a"], encoding="latin-1"),
    "substr beyond": lambda tf, np: tf.strings.substr("hello", 6, 1),
    "substr before": lambda tf, np: tf.strings.substr("hello", -6, 1),
    "substr shapes": lambda tf, np: tf.strings.substr(["hello"], [1, 2], [3]),
    "regex parenthesis": lambda tf, np: tf.strings.regex_replace("a", "(", "b"),
    "regex lookahead": lambda tf, np: tf.strings.regex_replace("abc", "(?=b)", "-"),
    "regex back reference": lambda tf, np: tf.strings.regex_replace("aba", r"(a)b\1", "-"),
    "regex possessive": lambda tf, np: tf.strings.regex_replace("aaa", r"a++", "-"),
    "regex Z": lambda tf, np: tf.strings.regex_replace("aaa", r"a\Z", "-"),
    "to_number word": lambda tf, np: tf.strings.to_number("x"),
    "to_number empty": lambda tf, np: tf.strings.to_number(""),
    "to_number underscore": lambda tf, np: tf.strings.to_number("1_0"),
    "to_number fraction": lambda tf, np: tf.strings.to_number(["1.5"], tf.int32),
    "to_number large": lambda tf, np: tf.strings.to_number(["3000000000"], tf.int32),
    "to_number bool": lambda tf, np: tf.strings.to_number("1", tf.bool),
    "as_string precision": lambda tf, np: tf.strings.as_string([1, 2], precision=2),
    "as_string both": lambda tf, np: tf.strings.as_string([1.0], scientific=True, shortest=True),
    "as_string fill": lambda tf, np: tf.strings.as_string([1.0], fill="ab"),
    "as_string fill x": lambda tf, np: tf.strings.as_string([1.0], fill="x", width=3),
    "format counts": lambda tf, np: tf.strings.format("x={} {}", tf.constant("a")),
    "unicode strict": lambda tf, np: tf.strings.unicode_decode([b"h\xffe"], "UTF-8", errors="strict"),
    "unicode encoding": lambda tf, np: tf.strings.unicode_decode("a", "bad"),
    "unicode errors": lambda tf, np: tf.strings.unicode_decode("a", "UTF-8", errors="bad"),
    "unicode_encode encoding": lambda tf, np: tf.strings.unicode_encode([97], "latin-1"),
    "unicode_encode scalar": lambda tf, np: tf.strings.unicode_encode(97, "UTF-8"),
    "unicode_encode strict": lambda tf, np: tf.strings.unicode_encode([0x110000], "UTF-8", errors="strict"),
    "hash of numbers": lambda tf, np: tf.strings.to_hash_bucket_fast([1], 10),
    "hash no buckets": lambda tf, np: tf.strings.to_hash_bucket_fast(["a"], 0),
    "hash key": lambda tf, np: tf.strings.to_hash_bucket_strong(["a"], 10, [1]),
    "ngrams scalar": lambda tf, np: tf.strings.ngrams("a", 2),
    "ngrams width": lambda tf, np: tf.strings.ngrams(["a"], 0),
    "ngrams pads": lambda tf, np: tf.strings.ngrams(["a"], 2, pad_values=1),
    "ngrams padding": lambda tf, np: tf.strings.ngrams(["a"], 3, padding_width=1),
    "segments": lambda tf, np: tf.strings.unsorted_segment_join(["a", "b", "c"], [1, -1, 1], 2),
}
