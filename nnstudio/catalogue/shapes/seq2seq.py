"""From one sequence to another: attention between two, and decoders that write token by token."""

from __future__ import annotations

from nnstudio.catalogue.shapes.attention import check_mask, check_same_size
from nnstudio.catalogue.shapes.embedding import checked_vocabulary, vocabulary
from nnstudio.catalogue.shapes.recurrent import cell_flops, cell_weights
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.errors import ShapeError

# Attention of a query over a memory


def aligned(site: Site) -> dict[str, TensorSpec]:
    """Bahdanau's and Luong's attention: what each query finds in the memory N×T×M, and the weights N×T×S."""
    queries, (_, places, size) = site.dims["query.T"], site.one("memory").shape
    if site.params.get("score") == "dot":
        check_same_size("query", site.dims["query.Q"], "memory", size)
    check_mask(site, "mask", (N, places))
    return {
        "y": TensorSpec((N, queries, size), kind="sequence"),
        "weights": TensorSpec((N, queries, places), kind="sequence"),
    }


def bahdanau_weights(site: Site) -> dict[str, Shape]:
    """Both projections, and the score of what they give."""
    return _bahdanau_weights(site.dims["query.Q"], site.dims["memory.M"], site.number("hidden_size"))


def _bahdanau_weights(query: int, memory: int, hidden: int) -> dict[str, Shape]:
    return {
        "query_projection.weight": (hidden, query),
        "memory_projection.weight": (hidden, memory),
        "energy.weight": (1, hidden),
    }


def luong_weights(site: Site) -> dict[str, Shape]:
    """None for dot; a matrix between query and memory for general; a small network for concat."""
    return _luong_weights(str(site.params["score"]), site.dims["query.Q"], site.dims["memory.M"])


def _luong_weights(score: str, query: int, memory: int) -> dict[str, Shape]:
    if score == "concat":
        return {"projection.weight": (query, query + memory), "energy.weight": (1, query)}
    return {"projection.weight": (memory, query)} if score == "general" else {}


def bahdanau_flops(site: Site) -> int:
    """Projections, scores and weighted sums."""
    size = (site.dims["query.Q"], site.dims["memory.M"], site.number("hidden_size"))
    return _bahdanau_flops(site.dims["query.T"], site.dims["memory.S"], *size)


def _bahdanau_flops(queries: int, places: int, query: int, memory: int, hidden: int) -> int:
    projections = 2 * hidden * (queries * query + places * memory)
    return projections + 2 * queries * places * (hidden + memory)


def luong_flops(site: Site) -> int:
    """Scores and weighted sums."""
    sizes = (site.dims["query.T"], site.dims["memory.S"], site.dims["query.Q"], site.dims["memory.M"])
    return _luong_flops(str(site.params["score"]), *sizes)


def _luong_flops(score: str, queries: int, places: int, query: int, memory: int) -> int:
    pairs = queries * places
    if score == "concat":
        scores = 2 * pairs * query * (query + memory + 1)
    else:
        scores = 2 * pairs * memory + (2 * queries * query * memory if score == "general" else 0)
    return scores + 2 * pairs * memory


# Decoders


def _scores(site: Site) -> TensorSpec:
    """A score for each token at each step. Raises ShapeError where the tokens are not as they should be."""
    size = checked_vocabulary(site, "target")
    if site.number("start") >= size:
        raise ShapeError(
            f"has start {site.number('start')}, and its {size} tokens count from 0 to {size - 1}.",
            fix="Set start to the token that stands before the first.",
            sets={"start": 0},
        )
    return TensorSpec((N, site.dims["target.T"], size), kind="sequence")


def recurrent_decoder(site: Site) -> TensorSpec:
    """Scores N×T×V from the states N×S×H of S layers."""
    state, cell_state = site.one("state"), site.maybe("cell_state")
    if cell_state is not None and site.params["cell"] != "LSTM":
        raise ShapeError(
            f"gets a cell state, and cell {site.params['cell']} has none.",
            port="cell_state",
            fix="Set cell to LSTM, or remove the wire.",
            sets={"cell": "LSTM"},
        )
    if cell_state is not None and cell_state.shape != state.shape:
        raise ShapeError(
            f"gets {cell_state} and needs {state}, as at 'state'.",
            port="cell_state",
            fix="Connect both to the same LSTM.",
        )
    return _scores(site)


def recurrent_decoder_weights(site: Site) -> dict[str, Shape]:
    """An embedding, the layers of the cell, and a score for each token."""
    size, width, hidden = vocabulary(site, "target"), site.number("embedding_dim"), site.dims["state.H"]
    weights: dict[str, Shape] = {"embedding.weight": (size, width)}
    for layer in range(site.dims["state.S"]):
        named = cell_weights(str(site.params["cell"]), width if layer == 0 else hidden, hidden)
        weights |= {f"rnn.{name}_l{layer}": shape for name, shape in named.items()}
    return weights | _linear("output", hidden, size)


def _linear(name: str, size: int, out: int) -> dict[str, Shape]:
    return {f"{name}.weight": (out, size), f"{name}.bias": (out,)}


def recurrent_decoder_flops(site: Site) -> int:
    """The cell's layers and the scores, at every step."""
    cell, hidden = str(site.params["cell"]), site.dims["state.H"]
    above = (site.dims["state.S"] - 1) * cell_flops(cell, hidden, hidden)
    layers = cell_flops(cell, site.number("embedding_dim"), hidden) + above
    return site.dims["target.T"] * (layers + 2 * hidden * vocabulary(site, "target"))


def attention_decoder(site: Site) -> dict[str, TensorSpec]:
    """Scores N×T×V, and which places of the memory each step looked at N×T×S."""
    _, places, size = site.one("memory").shape
    hidden = site.number("hidden_size")
    if site.params["attention"] == "dot" and hidden != size:
        raise ShapeError(
            f'has attention "dot", and its state of {hidden} numbers meets a memory of {size}.',
            port="memory",
            fix=f"Set hidden_size to {size}, or attention to general.",
            sets={"hidden_size": size},
        )
    check_mask(site, "mask", (N, places))
    scores = _scores(site)
    return {"y": scores, "weights": TensorSpec((N, scores.shape[1], places), kind="sequence")}


def _decoder_sizes(site: Site) -> tuple[str, int, int, int]:
    """The attention; the length of the memory's vectors and of the state; what the cell gets at a step."""
    kind, memory, hidden = str(site.params["attention"]), site.dims["memory.M"], site.number("hidden_size")
    return kind, memory, hidden, site.number("embedding_dim") + (memory if kind == "bahdanau" else 0)


def attention_decoder_weights(site: Site) -> dict[str, Shape]:
    """An embedding, the attention, the first state, the cell, the joint of state and context, and the scores."""
    kind, memory, hidden, given = _decoder_sizes(site)
    size = vocabulary(site, "target")
    bahdanau = kind == "bahdanau"
    attention = _bahdanau_weights(hidden, memory, hidden) if bahdanau else _luong_weights(kind, hidden, memory)
    return {
        "embedding.weight": (size, site.number("embedding_dim")),
        **{f"attention.{name}": shape for name, shape in attention.items()},
        **_linear("first", memory, hidden),
        **{f"cell.{name}": shape for name, shape in cell_weights("GRU", given, hidden).items()},
        **_linear("join", memory + hidden, hidden),
        **_linear("output", hidden, size),
    }


def attention_decoder_flops(site: Site) -> int:
    """The first state once; attention, cell, joint and scores at every step."""
    kind, memory, hidden, given = _decoder_sizes(site)
    places = site.dims["memory.S"]
    if kind == "bahdanau":
        looking = _bahdanau_flops(1, places, hidden, memory, hidden)
    else:
        looking = _luong_flops(kind, 1, places, hidden, memory)
    out = 2 * hidden * (memory + hidden + vocabulary(site, "target"))
    return 2 * memory * hidden + site.dims["target.T"] * (looking + cell_flops("GRU", given, hidden) + out)
