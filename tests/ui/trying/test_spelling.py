"""A typed text in the tokens of a data set: cut, filled up, and what is not known."""

from nnstudio.data.registry import dataset
from nnstudio.data.spec import Field
from nnstudio.data.text.tokens import ASCII
from nnstudio.ui.trying.spelling import Spelling, listed


def spelling(name: str, field: int = 0, begins: bool = False, each: bool = False, **values: object) -> Spelling:
    declared = dataset(name)
    found = declared.fields_for(declared.params.check(values))[field]
    return Spelling(found, found.names, begins, each)


def test_letters_of_a_window_may_be_few_where_each_place_has_an_answer():
    python = spelling("python_reference", each=True, context=8)
    found = python.read("if x")
    assert found.tokens == tuple(ASCII.index(letter) for letter in "if x")
    assert python.write(found.tokens) == "if x"
    long = python.read("0123456789")
    assert (long.cut, python.write(long.tokens)) == (2, "23456789")
    assert python.read("é").unknown == ("é",)
    assert python.read("é").tokens == (0,)
    assert python.read("").tokens == (1,) * 8  # there has to be something


def test_a_window_with_one_answer_is_filled_up_in_front():
    python = spelling("python_reference", context=8, predict="last")
    found = python.read("if")
    assert found.filled == 6
    assert found.tokens == (*[1] * 6, ASCII.index("i"), ASCII.index("f"))


def test_names_begin_with_their_mark():
    names = spelling("names")
    assert names.read("b").tokens == (0, 0, 2)
    assert names.read("abcdz").tokens == (3, 4, 26)
    assert names.read("b").filled == 0  # as the data are
    assert names.write((0, 0, 2)) == "b"
    assert names.read("b!").unknown == ("!",)


def test_words_are_cut_as_the_data_are_and_padded_behind():
    sentiment = spelling("sentiment")
    found = sentiment.read("the cake, was perfect")
    assert found.tokens[len(sentiment.write(found.tokens).split()) :] == (0,) * (11 - 4)
    assert sentiment.write(found.tokens) == "the cake was perfect"
    assert found.at == 3
    assert found.unknown == (",",)
    assert sentiment.read("The Cake").tokens[:2] == sentiment.read("the cake").tokens[:2]


def test_what_a_decoder_is_given_begins_with_its_start():
    decoder = spelling("reverse", field=1, begins=True, each=True)
    found = decoder.read("ab")
    assert found.tokens[:3] == (1, 3, 4)
    assert (len(found.tokens), found.at) == (7, 2)
    source = spelling("reverse", each=True)
    assert source.read("ab").tokens == (3, 4, 0, 0, 0, 0)


def test_one_token_alone():
    dna = spelling("dna")
    assert dna.length == 1
    assert dna.read("GAT").tokens == (2,)
    bare = Spelling(Field("x", (3,), "int64", "tokens"), ("0", "1", "2"))
    assert bare.read("12").tokens == (0, 1, 2)


def test_unknown_pieces_are_listed_in_few_words():
    assert listed(["a", "b"]) == "“a”, “b”"
    assert listed(list("abcde")) == "“a”, “b”, “c” …"
