"""Layers that turn tokens into vectors, and tell vectors where they stand."""

from __future__ import annotations

from nnstudio.catalogue.shapes import embedding
from nnstudio.catalogue.spec import Derived, Family, Function, LayerType, Module, Port, dim
from nnstudio.params import Choice, Float, Int, ParamSet

family = Family("embedding", "Embedding", 43)

TOKENS = Int(
    "num_embeddings",
    0,
    "How many different tokens; 0 for as many as the data has.",
    low=0,
    high=1_000_000,
    argument=False,
)
_WIDTH = Int("embedding_dim", 32, "Length of a token's vector.", low=1, high=65_536, required=True, telling=True)
_PADDING = Int(
    "padding_idx", None, "A token that only fills up: it is not learned.", low=0, high=1_000_000, optional=True
)
_SIZE = Derived(embedding.vocabulary, "num_embeddings")

Embedding = LayerType(
    "Embedding",
    "Looks each token up in a table of learned vectors.",
    inputs=(Port("x", "N ...", dtype="int64", wants="tokens N×…"),),
    outputs=(
        Port("y", "N ... D"),
        Port("weight", "V D", attribute="weight", help="The table itself, to be used a second time."),
    ),
    params=ParamSet((TOKENS, _WIDTH, _PADDING)),
    shape=embedding.embedding,
    code=Module("nn.Embedding", (_SIZE,)),
    weights=embedding.embedding_weights,
    help="Every model of text begins with it: tokens that are used alike come to have vectors that lie close. It also "
    "serves for any choice of one among many, as a user or a product.",
    formula="y = W[x]",
    paper="Bengio et al., A Neural Probabilistic Language Model, 2003",
    aliases=("wordembeddinglayer", "word vectors", "lookup table", "word2vec", "token", "embed", "word embedding"),
)

EmbeddingBag = LayerType(
    "EmbeddingBag",
    "Looks all tokens of a sample up and brings their vectors to one.",
    inputs=(Port("x", "N L", dtype="int64", wants="tokens N×L"),),
    outputs=(Port("y", "N D"),),
    params=ParamSet((TOKENS, _WIDTH, Choice("mode", "mean", ("mean", "sum", "max"), "How they become one."), _PADDING)),
    shape=embedding.embedding_bag,
    code=Module("nn.EmbeddingBag", (_SIZE,)),
    weights=embedding.embedding_weights,
    help="A text as the bag of its words, without their order: small, fast and often good enough to name its topic. "
    "Over the words around a gap it is the first layer of CBOW.",
    formula="y = mean of W[x₁], …, W[x_L]",
    paper="Mikolov et al., Efficient Estimation of Word Representations in Vector Space, 2013",
    aliases=("cbow", "bag of words", "word2vec", "fasttext"),
    stem="bag",
)

TiedProjection = LayerType(
    "TiedProjection",
    "Scores every token by the product with its vector in an embedding.",
    inputs=(
        Port("x", "N ... D", wants="vectors N×…×D"),
        Port("weight", "V D", wants="a table V×D", help="The weight of an Embedding."),
    ),
    outputs=(Port("y", "N ... V"),),
    shape=embedding.tied_projection,
    code=Function("F.linear"),
    flops=embedding.tied_projection_flops,
    help="The last layer of a language model, without weights of its own: the table that reads tokens also writes "
    "them. It saves many weights and often predicts better. Connect the output 'weight' of the Embedding to it.",
    formula="y = x·Wᵀ",
    paper="Press, Wolf, Using the Output Embedding to Improve Language Models, 2017",
    aliases=("weight tying", "tied weights", "output embedding", "lm head"),
    stem="projection",
)

OneHot = LayerType(
    "OneHot",
    "Turns each token into a vector of zeros with a single 1 at its place.",
    inputs=(Port("x", "N ...", dtype="int64", wants="tokens or class numbers N×…"),),
    outputs=(Port("y", "N ... K"),),
    params=ParamSet(
        (
            Int(
                "num_classes",
                0,
                "How many different tokens; 0 for as many as the data has.",
                low=0,
                high=65_536,
                argument=False,
            ),
        )
    ),
    shape=embedding.one_hot,
    code=Function(
        "one_hot", inferred=(Derived(lambda site: embedding.vocabulary(site, name="num_classes"), "classes"),)
    ),
    help="Class numbers as vectors, in which no class is nearer to one than to another. For small alphabets it feeds a "
    "recurrent layer directly; with many tokens an Embedding does the same in less memory.",
    formula="y[k] = 1 where k = x, else 0",
    aliases=("one hot", "categoryencoding", "onehotencode", "dummy", "one-hot encoding", "to categorical"),
)

_SEQUENCE = (Port("x", "N L D", wants="a sequence N×L×D"),)
_SUMS = (Port("y", "N L D"),)

SinusoidalPositions = LayerType(
    "SinusoidalPositions",
    "Adds to each vector of a sequence a pattern of waves that tells its place.",
    inputs=_SEQUENCE,
    outputs=_SUMS,
    params=ParamSet((Float("dropout", 0.0, "Share of the sum dropped while training.", low=0.0, high=1.0, live=True),)),
    shape=embedding.positions,
    code=Module("SinusoidalPositions", (dim("x", "D", "embed_dim"),)),
    help="Attention by itself does not know which of two words comes first; with this it does. Nothing is learned, "
    "and sequences may be longer than those in training. It goes between the Embedding and the first attention.",
    formula="y[p, 2i] = x + sin(p / 10000^(2i/D)), y[p, 2i+1] = x + cos(p / 10000^(2i/D))",
    paper="Vaswani et al., Attention Is All You Need, 2017",
    aliases=(
        "positional encoding",
        "sinusoidalpositionencodinglayer",
        "sineposition",
        "sinusoidal positional encoding",
        "pe",
    ),
    stem="positions",
)

LearnedPositions = LayerType(
    "LearnedPositions",
    "Adds to each vector of a sequence a learned one for its place.",
    inputs=_SEQUENCE,
    outputs=_SUMS,
    params=ParamSet(
        (
            Int(
                "length",
                None,
                "How many places have a vector; empty for as many as come in.",
                low=1,
                high=1_000_000,
                optional=True,
                argument=False,
            ),
        )
    ),
    shape=embedding.learned_positions,
    code=Module("LearnedPositions", (Derived(embedding.length_of, "length"), dim("x", "D", "embed_dim"))),
    weights=embedding.learned_positions_weights,
    help="The other way to tell attention where a word or a patch stands, usual in GPT and in vision. It knows no "
    "place beyond its length, so choose that for the longest sequence there will be.",
    formula="y[p] = x[p] + W[p]",
    paper="Gehring et al., Convolutional Sequence to Sequence Learning, 2017",
    aliases=(
        "positional embedding",
        "positionembeddinglayer",
        "position",
        "position embedding",
        "learned positional embedding",
    ),
    stem="positions",
)
