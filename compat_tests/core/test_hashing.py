"""The hash functions against published vectors and values recorded from TensorFlow."""

from torchkeras.core.hashing import CROSS_KEY, bucket, fingerprint64, joined, siphash, strong_bucket

BUCKETS = 10**15 + 37
# tf.strings.to_hash_bucket_fast and, with key [133, 137], to_hash_bucket_strong of b"ab" * n.
RECORDED = {
    1: (600257748546809, 769135020147212),
    3: (364225810439338, 958260046035125),
    5: (293513362128376, 380185777169567),
    8: (752402248001955, 591344496739759),
    9: (151990556667420, 997488105222245),
    16: (51082239281707, 180783839606052),
    17: (266075123061599, 311385698081415),
    32: (570018418662057, 965923873904943),
    33: (480753272088769, 380547429407842),
    64: (825544487599644, 330279159538514),
    100: (65838716066792, 669655384409751),
}


def test_siphash_of_its_authors_paper():
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash(bytes(range(15)), key) == 0xA129CA6149BE45E5


def test_recorded_buckets():
    for count, (fast, strong) in RECORDED.items():
        assert bucket(b"ab" * count, BUCKETS) == fast
        assert strong_bucket(b"ab" * count, BUCKETS, (133, 137)) == strong


def test_fingerprint_of_nothing():
    assert fingerprint64(b"") == 0x9AE16A3B2F90404F


def test_recorded_crosses():
    found = []
    for combination in ((1, 5, 0), (-2, 6, 1), (12345678901, 7, 2)):
        key = CROSS_KEY
        for value in combination:
            key = joined(key, value & (2**64 - 1))
        found.append(key % BUCKETS)
    assert found == [491291790753663, 807078848790272, 468620550293452]
