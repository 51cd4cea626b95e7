"""The texts are well formed, and come into the arrays as they are written."""

import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np

from nnstudio.data.written import lines
from tests.data.sets.reading import loaded, read_pairs, read_tokens

PHRASES = [line.split("\t") for line in lines("english_hindi")]
SENTENCES = [line.split("\t") for line in lines("sentiment")]
ENDINGS = {"I": "ता हूँ", "you": "ते हो", "he": "ता है", "she": "ती है", "we": "ते हैं", "they": "ते हैं"}
"""How the present ends: of a man, of a woman, and of several men."""
VERBS = [
    "go",
    "come",
    "sleep",
    "run",
    "sing",
    "laugh",
    "work",
    "eat",
    "drink",
    "read",
    "write",
    "cook",
    "learn",
    "live",
]
FEMININE = ["किताब", "बिल्ली", "लड़की", "मेज़", "चाय", "दुकान", "रोटी", "बहन"]
MASCULINE = ["घर", "शहर", "गाँव", "स्कूल", "दूध", "पानी", "खाना", "कुत्ता", "सेब", "फूल", "लड़का", "नाम", "भाई"]
STEMS = ["बड़", "छोट", "अच्छ", "नय", "पुरान", "काल", "ठंड", "मेर", "तुम्हार", "उसक", "हमार"]
"""Of words that follow the gender of a noun; न(या) becomes नई."""


def test_phrases_are_english_and_hindi():
    assert len(PHRASES) >= 300
    assert all(len(phrase) == 2 for phrase in PHRASES)
    for english, hindi in PHRASES:
        assert english.isascii()
        assert english.replace(" ", "").isalpha()
        assert {unicodedata.name(char).split()[0] for char in hindi} <= {"DEVANAGARI", "SPACE"}
        assert unicodedata.normalize("NFC", hindi) == hindi
        assert 1 <= len(english.split(" ")) <= 6
        assert all([*english.split(" "), *hindi.split(" ")])


def test_no_english_phrase_comes_twice():
    assert len({english for english, _ in PHRASES}) == len(PHRASES)


def test_phrases_share_their_words():
    """Most words come several times, so that what is learned of some phrases serves for others."""
    for side in (0, 1):
        counts = Counter(word for phrase in PHRASES for word in phrase[side].split())
        assert sum(counts.values()) > 5 * len(counts)


def test_verbs_agree_with_who_does_it():
    present = {*VERBS, *(f"{verb}s" for verb in VERBS), "goes"}
    habits = [(words[0], hindi) for english, hindi in PHRASES if set((words := english.split())[1:2]) & present]
    told = [(who, hindi) for who, hindi in habits if who in ENDINGS]
    assert len(told) > 100
    for who, hindi in told:
        assert hindi.endswith(ENDINGS[who]), hindi


def test_adjectives_and_owners_agree_with_their_noun():
    """Before a noun, and behind it: `बड़ा घर`, `घर बड़ा है`."""
    gender = {noun: "ी" for noun in FEMININE} | {noun: "ा" for noun in MASCULINE}
    agreed = 0
    for _, hindi in PHRASES:
        words = hindi.replace(" नहीं", "").split()
        near = [*pairwise(words), *((after, before) for before, after in pairwise(words) if words[-1] in ("है", "हैं"))]
        for word, noun in near:
            ending = "ी" if word == "नई" else word[-1]
            if noun in gender and (word == "नई" or word[:-1] in STEMS):
                assert ending == gender[noun], hindi
                agreed += 1
    assert agreed > 60


def test_phrases_come_as_they_are_written():
    pairs = read_pairs("english_hindi")
    assert sorted((" ".join(source), " ".join(target)) for source, target in pairs) == sorted(map(tuple, PHRASES))


def test_sentences_are_balanced_and_none_comes_twice():
    assert len(SENTENCES) >= 400
    assert len({sentence for _, sentence in SENTENCES}) == len(SENTENCES)
    counts = Counter(feeling for feeling, _ in SENTENCES)
    assert counts == {"positive": len(SENTENCES) // 2, "negative": len(SENTENCES) // 2}
    assert all(sentence.replace(" ", "").isalpha() and sentence.isascii() for _, sentence in SENTENCES)
    assert all(all(sentence.split(" ")) for _, sentence in SENTENCES)


def test_both_feelings_have_negations_and_are_as_long():
    """Neither a single word nor the length tells them apart."""
    for word in ("not", "never", "no"):
        for feeling in ("positive", "negative"):
            assert sum(word in sentence.split() for each, sentence in SENTENCES if each == feeling) >= 2, (
                word,
                feeling,
            )
    lengths = [
        np.mean([len(sentence.split()) for each, sentence in SENTENCES if each == feeling])
        for feeling in ("positive", "negative")
    ]
    assert abs(lengths[0] - lengths[1]) < 0.5


def test_sentences_come_as_they_are_written():
    fields, arrays = loaded("sentiment")
    read = [" ".join(words) for words in read_tokens(fields, arrays, "sentence")]
    feelings = [fields["label"].names[label] for label in arrays["label"]]
    assert sorted(zip(feelings, read, strict=True)) == sorted((feeling, text.lower()) for feeling, text in SENTENCES)
    assert len(set(read)) == len(read)
    assert feelings != sorted(feelings)
