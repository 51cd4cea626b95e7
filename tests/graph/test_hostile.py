"""Files made to hurt: each gives one StorageError with the file's name and what is wrong, and nothing else, soon."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import struct
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.errors import StorageError
from nnstudio.graph import archive, rules, storage
from nnstudio.graph.document import Document
from nnstudio.graph.training import EpochRow, Trained
from tests.graph.drawings import classifier, holds, written


def refused(path: Path) -> str:
    """The words of the one error that there is."""
    with pytest.raises(StorageError) as failed:
        storage.load(path)
    words = str(failed.value)
    assert f"'{path.name}'" in words
    assert len(words) < 600
    assert failed.value.message.endswith(".")
    return words


def survives(data: bytes) -> None:
    """A StorageError, or a document that is whole."""
    try:
        graph, _ = archive.unpack(data) if archive.is_zip(data) else (data, None)
        document = storage.document_from(graph)
    except StorageError:
        return
    holds(document)


def project(**changes: Any) -> dict[str, Any]:
    return {**json.loads(written(classifier())), **changes}


def put(tmp_path: Path, content: Any, name: str = "bad.nnstudio") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def node(**changes: Any) -> dict[str, Any]:
    return {"id": "n1", "type": "ReLU", "name": "relu", "params": {}, "at": [0, 0]} | changes


def linear(**params: Any) -> dict[str, Any]:
    return node(type="Linear", params=params)


def nodes(*records: dict[str, Any], links: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"nnstudio": 1, "title": "t", "nodes": list(records), "links": links or []}


def mark(**fields: Any) -> dict[str, Any]:
    return {"id": "m1", "kind": "frame", "at": [0, 0], "size": [99, 99]} | fields


def wire(source: str, target: str) -> dict[str, str]:
    return {"from": source, "to": target}


CHAIN = [node(), node(id="n2", name="b"), node(id="n3", name="c")]
DIGITS = node(type="Dataset", name="digits", params={"dataset": "digits"})
RAW: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t ", "empty"),
    "other format": (b"\x89PNG\r\n\x1a\n", "not proper JSON"),
    "text": (b"hello", "not proper JSON"),
    "not text": (b"\xff\xfe\xfa", "not proper JSON"),
    "number": (b"3", "object"),
    "list": (b"[]", "object"),
    "null": (b"null", "object"),
    "deep lists": (b"[" * 100_000, "not proper JSON"),
    "deep objects": (b'{"a":' * 100_000, "not proper JSON"),
    "deep notes": (b'{"nnstudio": 1, "notes": ' + b"[" * 900 + b"]" * 900 + b"}", "notes[0]"),
    "key twice": (b'{"nnstudio": 1, "nnstudio": 1}', "twice"),
    "NaN": (json.dumps(nodes(linear(out_features=float("nan")))).encode(), "NaN"),
    "Infinity": (json.dumps(nodes(node(at=[float("inf"), 0]))).encode(), "Infinity"),
    "-Infinity": (json.dumps(nodes(node(at=[0, -float("inf")]))).encode(), "Infinity"),
    "1e999 as place": (json.dumps(nodes(node(at=[0, 17]))).replace("17", "1e999").encode(), "at"),
    "1e999 as value": (json.dumps(nodes(linear(out_features=17))).replace("17", "1e999").encode(), "out_features"),
    "digits without end": (b'{"nnstudio": ' + b"9" * 10_000 + b"}", "not proper JSON"),
    "trailing": (json.dumps(nodes(node())).encode() + b"{}", "not proper JSON"),
    "half a character": (json.dumps(nodes(node(name="\ud800"))).encode(), "node"),
}
BAD: dict[str, tuple[Any, str]] = {
    "future version": (project(nnstudio=2), "later NNStudio (format 2)"),
    "far future": (project(nnstudio=10**400), "later NNStudio"),
    "past version": (project(nnstudio=0), "does not know"),
    "version in words": (project(nnstudio="1"), "nnstudio"),
    "unknown key": (project(macros=[]), "macros"),
    "notes": (project(notes=["a"]), "notes[0]"),
    "unknown mark": (project(notes=[mark(kind="sticker")]), "kind"),
    "mark without a kind": (project(notes=[{"id": "m1", "at": [0, 0], "size": [99, 99]}]), "kind"),
    "mark with the id of a node": (project(notes=[mark(id="n1")]), "id"),
    "two marks of one id": (project(notes=[mark(), mark()]), "the note m1: the id m1 is there twice"),
    "mark of no size": (project(notes=[mark(size=[0, 0])]), "size"),
    "mark without end": (project(notes=[mark(size=[1e300, 99])]), "size"),
    "text in a frame": (project(notes=[mark(text="a")]), "text"),
    "endless title": (project(notes=[mark(title="a" * 201)]), "title"),
    "endless comment": (project(notes=[mark(kind="comment", text="a" * 20_001)]), "text"),
    "colour as code": (project(notes=[mark(color="url(file:///etc/passwd)")]), "the note m1: There is no colour"),
    "too many marks": (project(notes=[mark(id=f"m{n + 1}") for n in range(5_001)]), "notes"),
    "looks of a wrong type": (nodes(node(looks={"locked": 1})), "locked"),
    "unknown looks": (nodes(node(looks={"script": "x"})), "script"),
    "colour of a node": (nodes(node(looks={"color": "#fff"})), "node 'relu': There is no colour '#fff'"),
    "endless note": (nodes(node(looks={"note": "a" * 2_001})), "note"),
    "bookmark nowhere": (project(bookmarks=[{"name": "a", "center": [0, 0], "block": "b7"}]), "no block 'b7'"),
    "bookmark without a name": (project(bookmarks=[{"name": "", "center": [0, 0]}]), "name"),
    "bookmark too near": (project(bookmarks=[{"name": "a", "center": [0, 0], "zoom": 1e9}]), "zoom"),
    "wire led too far": (nodes(*CHAIN, links=[wire("n1.y", "n2.x") | {"via": [[1e300, 0]]}]), "via"),
    "wire led through too much": (nodes(*CHAIN, links=[wire("n1.y", "n2.x") | {"via": [[0, 0]] * 65}]), "via"),
    "no title": ({k: v for k, v in project().items() if k != "title"}, "title"),
    "long title": (project(title="x" * 201), "title"),
    "nodes as object": (project(nodes={}), "nodes"),
    "unknown key in node": (nodes(node(code="import os")), "code"),
    "unknown key in wire": (nodes(*CHAIN, links=[wire("n1.y", "n2.x") | {"via": "n3"}]), "via"),
    "unknown layer": (nodes(node(type="Exec")), "node 'relu': There is no layer 'Exec'"),
    "layer with path": (nodes(node(type="os.system")), "os.system"),
    "unknown parameter": (nodes(linear(colour=1)), "node 'relu': There is no parameter 'colour'"),
    "self as parameter": (nodes(linear(self=1)), "'self'"),
    "bad value": (nodes(linear(out_features=-1)), "out_features takes"),
    "value of a wrong type": (nodes(linear(out_features="8")), "out_features"),
    "value too deep": (nodes(linear(out_features=[[[[[1]]]]])), "params"),
    "value in rows": (nodes(linear(out_features=[[1], [2]])), "out_features"),
    "words in rows": (nodes(linear(out_features=[["a"]])), "out_features"),
    "truth in rows": (nodes(linear(out_features=[[True]])), "out_features"),
    "long text": (nodes(linear(out_features="x" * 100_001)), "params"),
    "huge whole number": (nodes(linear(out_features=10**400)), "out_features"),
    "huge for a float": (nodes(node(type="Dropout", params={"p": 10**400})), "p takes"),
    "unknown data set": (nodes(node(type="Dataset", params={"dataset": "/etc/passwd"})), "/etc/passwd"),
    "data set of no name": (nodes(node(type="Dataset", params={"dataset": 3})), "no data set '3'"),
    "id twice": (nodes(node(), node(name="b")), "n1 is there twice"),
    "name twice": (nodes(node(), node(id="n2")), "'relu' already"),
    "name of an id": (nodes(node(name="n2"), node(id="n2", name="b")), "number"),
    "huge coordinate": (nodes(node(at=[10**400, 0])), "at"),
    "far away": (nodes(node(at=[1e8, 0])), "at"),
    "place in three": (nodes(node(at=[0, 0, 0])), "at"),
    "muted in words": (nodes(node(muted="yes")), "muted"),
    "circle": (
        nodes(*CHAIN, links=[wire("n1.y", "n2.x"), wire("n2.y", "n3.x"), wire("n3.y", "n1.x")]),
        "cycle",
    ),
    "wire to itself": (nodes(node(), links=[wire("n1.y", "n1.x")]), "cycle"),
    "wire twice": (nodes(*CHAIN, links=[wire("n1.y", "n2.x")] * 2), "the wire from n1.y to n2.x"),
    "two wires to one": (nodes(*CHAIN, links=[wire("n1.y", "n3.x"), wire("n2.y", "n3.x")]), "has a wire already"),
    "wire from nothing": (nodes(node(), links=[wire("n9.y", "n1.x")]), "no node 'n9'"),
    "wire to nothing": (nodes(node(), links=[wire("n1.y", "n9.x")]), "no node 'n9'"),
    "wire by name": (nodes(node(), node(id="n2", name="b"), links=[wire("relu.y", "n2.x")]), "links"),
    "wire without port": (nodes(*CHAIN, links=[wire("n1", "n2.x")]), "links"),
    "wire from no port": (nodes(*CHAIN, links=[wire("n1.z", "n2.x")]), "no output 'z'"),
    "wire to no port": (nodes(*CHAIN, links=[wire("n1.y", "n2.__init__")]), "no input '__init__'"),
    "wire of a wrong type": (nodes(DIGITS, CHAIN[1], links=[wire("n1.label", "n2.x")]), "class numbers"),
    "unknown plan": (project(training={"colour": 1}), "the training plan: There is no parameter 'colour'"),
    "self in the plan": (project(training={"self": 1}), "'self'"),
    "bad plan": (project(training={"lr": -1}), "lr takes"),
    "huge plan": (project(training={"lr": 10**400}), "lr takes"),
    "plan as list": (project(training=[]), "training"),
}


def blocks(**changes: Any) -> dict[str, Any]:
    """A project with a block and an instance of it; `changes` are to the block."""
    inner = {"nodes": [node(id="n8", type="Input", name="x", params={}), linear() | {"id": "n9", "name": "inner"}]}
    made = {"name": "Encoder", "links": [wire("n8.y", "n9.x")], "promoted": []} | inner | changes
    return nodes(instance()) | {"blocks": {"b1": made}}


def instance(block: object = "b1", key: str = "n1", **params: Any) -> dict[str, Any]:
    return node(id=key, type="Block", name=f"encoder_{key}", params={"block": block} | params)


def chain_of_blocks(count: int) -> dict[str, Any]:
    """Each block holds an instance of the next."""
    made = {f"b{n}": {"name": f"B{n}", "links": [], "nodes": [instance(f"b{n + 1}", f"n{n}")]} for n in range(1, count)}
    return nodes() | {"blocks": made | {f"b{count}": {"name": "Last", "links": [], "nodes": []}}}


def rows_of_blocks(count: int, repeat: int = 1, both: bool = False) -> dict[str, Any]:
    """Each block holds the next, repeated or twice; the first is in the main drawing."""
    made = chain_of_blocks(count)
    made["nodes"] = [instance("b1", "n500", repeat=repeat)]
    for number in range(1, count):
        inner = made["blocks"][f"b{number}"]["nodes"]
        inner[0]["params"]["repeat"] = repeat
        inner += [instance(f"b{number + 1}", f"n{1000 + number}")] * both
    return made


def offer(**changes: Any) -> list[dict[str, Any]]:
    return [{"name": "width", "node": "n9", "param": "out_features"} | changes]


def pair(channels: int) -> dict[str, Any]:
    """What is in a block: 16 features, and that many channels."""
    other = node(id="n7", type="Conv2d", name="other", params={"out_channels": channels})
    return {"nodes": [linear(out_features=16) | {"id": "n9", "name": "inner"}, other], "links": []}


EMPTY = {"b2": {"name": "Empty", "nodes": [], "links": []}}
BLOCKS: dict[str, tuple[Any, str]] = {
    "odd id": (project(blocks={"a": 1}), "blocks"),
    "no name": (project(blocks={"b1": {"nodes": [], "links": []}}), "name"),
    "name of no class": (blocks(name="encoder"), "can not be the name of a block"),
    "name of an error": (blocks(name="Exception"), "already means"),
    "name twice": (chain_of_blocks(2) | {"blocks": blocks()["blocks"] | {"b2": blocks()["blocks"]["b1"]}}, "already"),
    "unknown key in block": (blocks(code="import os"), "code"),
    "unknown block": (nodes(instance("b7")), "no block 'b7'"),
    "block of no name": (nodes(instance(3)), "no block '3'"),
    "no block at all": (nodes(node(type="Block")), "no block"),
    "itself": (blocks(nodes=[instance("b1", "n5")]), "Encoder would contain itself"),
    "in a circle": (
        chain_of_blocks(3)
        | {
            "blocks": chain_of_blocks(3)["blocks"]
            | {"b3": {"name": "Last", "links": [], "nodes": [instance("b1", "n77")]}}
        },
        "would contain itself",
    ),
    "too deep": (chain_of_blocks(33), "More than 32 blocks"),
    "far too deep": (chain_of_blocks(1500), "More than 32 blocks"),
    "too many": (
        nodes() | {"blocks": {f"b{n}": {"name": f"B{n}", "nodes": [], "links": []} for n in range(1, 2002)}},
        "blocks",
    ),
    "id twice": (blocks(nodes=[node(), node(id="n8", name="b")], links=[]), "n1 is there twice"),
    "wire across": (
        nodes(instance(), node(id="n2", name="b"), links=[wire("n9.y", "n2.x")]) | {"blocks": blocks()["blocks"]},
        "no node 'n9'",
    ),
    "wire out": (blocks(links=[wire("n9.y", "n1.x")]), "no node 'n1'"),
    "circle inside": (
        blocks(nodes=[node(id="n8"), node(id="n9", name="b")], links=[wire("n8.y", "n9.x"), wire("n9.y", "n8.x")]),
        "cycle",
    ),
    "data inside": (blocks(nodes=[DIGITS | {"id": "n8"}], links=[]), "only computes"),
    "muted input": (
        blocks(nodes=[node(id="n8", type="Input", name="x", muted=True)], links=[]),
        "block 'Encoder': node 'x': 'x' is an Input of a block and can not be muted",
    ),
    "muted output": (
        blocks(nodes=[node(id="n8", type="Output", name="y", muted=True)], links=[]),
        "'y' is an Output of a block and can not be muted",
    ),
    "repeats of repeats": (
        rows_of_blocks(4, repeat=1000),
        "the blocks: The block B2 would be in the network 1,000,000 times, with all repeats, and 10,000 is the most",
    ),
    "two of two of two": (rows_of_blocks(31, both=True), "B15 would be in the network 16,384 times"),
    "loss inside": (blocks(nodes=[node(id="n8", type="MSELoss")], links=[]), "only computes"),
    "repeated never": (blocks() | {"nodes": [instance(repeat=0)]}, "repeat takes"),
    "repeated for ever": (blocks() | {"nodes": [instance(repeat=10**9)]}, "repeat takes"),
    "parameter not offered": (blocks() | {"nodes": [instance(width=1)]}, "no parameter 'width'"),
    "offer of no node": (blocks(promoted=offer(node="n1")), "no parameter 'out_features' of n1"),
    "offer of no parameter": (blocks(promoted=offer(param="colour")), "no parameter 'colour'"),
    "offer of the block": (blocks(promoted=offer(name="block")), "can not be the name of a parameter"),
    "offer of which block": (
        blocks(nodes=[instance("b2", "n9")], links=[], promoted=offer(param="block"))
        | {"blocks": blocks(nodes=[instance("b2", "n9")], links=[], promoted=offer(param="block"))["blocks"] | EMPTY},
        "Which block an instance is of can not be set from outside",
    ),
    "offer of code": (
        blocks(nodes=[node(id="n9", type="Custom", params={})], links=[], promoted=offer(param="code")),
        "'code' decides what ports the layer has",
    ),
    "offer of names of ports": (
        blocks(nodes=[node(id="n9", type="Custom", params={})], links=[], promoted=offer(param="outputs")),
        "'outputs' decides what ports the layer has",
    ),
    "offer that is code": (blocks(promoted=offer(name="a=1")), "can not be the name of a parameter"),
    "offer twice": (blocks(promoted=offer() * 2), "can not offer 'out_features' of n9"),
    "two kinds under one name": (
        blocks(promoted=offer() + offer(param="bias")),
        "'width' can not set both: 'inner.out_features' takes a whole number from 1 to 1,000,000, and 'inner.bias'",
    ),
    "two values under one name": (
        blocks(**pair(8), promoted=offer() + offer(node="n7", param="out_channels")),
        "'width' can not set both: 'inner.out_features' and 'other.out_channels' have different values",
    ),
    "value that one of two can not take": (
        blocks(**pair(16), promoted=offer() + offer(node="n7", param="out_channels"))
        | {"nodes": [instance(width=70000)]},
        "width takes a whole number from 1 to 65,536, not 70000",
    ),
    "too many under one name": (blocks(promoted=[*offer(), *offer(param="bias")] * 33), "promoted"),
    "two offers of one": (blocks(promoted=offer() + offer(name="other")), "can not offer"),
    "too many offers": (blocks(promoted=offer() * 65), "promoted"),
    "offered value": (blocks(promoted=offer()) | {"nodes": [instance(width=-1)]}, "width takes"),
}
BAD |= BLOCKS
NAMES = [
    "forward",
    "__init__",
    "__class__",
    "_x",
    "import",
    "a b",
    "a;b",
    "x\ny",
    "ü",
    "nn",
    "torch",
    "",
    "1",
    "a" * 64 + "b",
]
IDS = ["n0", "n01", "1", "n-1", "n1 ", "N1", "n1000000000", "", "__import__", "n１"]


@pytest.mark.parametrize("case", RAW)
def test_what_is_no_project(tmp_path: Path, case: str) -> None:
    content, words = RAW[case]
    assert words in refused(put(tmp_path, content))


@pytest.mark.parametrize("form", ["json", "zip"])
@pytest.mark.parametrize("case", BAD)
def test_what_a_project_may_not_hold(tmp_path: Path, case: str, form: str) -> None:
    content, words = BAD[case]
    graph = json.dumps(content).encode()
    told = refused(put(tmp_path, graph if form == "json" else archive.pack(graph, None)))
    assert words in told


@pytest.mark.parametrize("name", NAMES)
def test_names_that_could_become_code(tmp_path: Path, name: str) -> None:
    refused(put(tmp_path, nodes(node(name=name))))


@pytest.mark.parametrize("key", IDS)
def test_ids_of_another_kind(tmp_path: Path, key: str) -> None:
    refused(put(tmp_path, nodes(node(id=key))))


def test_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(put(tmp_path, nodes(*({"id": f"n{n}"} | node(id=f"n{n}") for n in range(1, storage.MAX_NODES + 2)))))
    refused(put(tmp_path, nodes(*CHAIN, links=[wire("n1.y", "n2.x")] * (storage.MAX_LINKS + 1))))
    many = [node(id=f"n{n}", name=f"a{n}") for n in range(10, storage.MAX_NODES + 10)]
    assert "20,000" in refused(put(tmp_path, nodes(node()) | {"blocks": {"b1": blocks(nodes=many)["blocks"]["b1"]}}))
    assert "16 MB" in refused(put(tmp_path, b" " * (archive.MAX_GRAPH_BYTES) + b"{}"))
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 2**30)
    with (tmp_path / "large.nnstudio").open("wb") as file:
        file.truncate(2**30 + 1)
    assert "larger than 1 GB" in refused(tmp_path / "large.nnstudio")


# What is no file


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "missing.nnstudio")
    (tmp_path / "folder.nnstudio").mkdir()
    assert "folder" in refused(tmp_path / "folder.nnstudio")
    assert "could not be read" in refused(tmp_path / ("x" * 300))
    assert "could not be read" in refused(tmp_path / "a\0b")
    put(tmp_path, b"{}", "file")
    assert "could not be read" in refused(tmp_path / "file" / "p.nnstudio")


@pytest.mark.skipif(os.name == "nt", reason="no pipes and devices as files")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nnstudio")
    assert "device or a pipe" in refused(tmp_path / "pipe.nnstudio")
    assert "device or a pipe" in refused(Path("/dev/zero"))


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_what_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    path = put(tmp_path, project())

    def fail(*arguments: object, **more: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", fail)
    assert str(error.strerror) in refused(path)


# Damage


def packed() -> bytes:
    trained = Trained(bytes(range(256)) * 8, tuple(EpochRow(n, 1 / n, 1 / n) for n in range(1, 9)))
    return archive.pack(written(classifier()), trained)


@pytest.mark.parametrize("twentieth", range(20))
@pytest.mark.parametrize("form", ["json", "zip"])
def test_cut_off(tmp_path: Path, form: str, twentieth: int) -> None:
    data = packed() if form == "zip" else written(classifier())
    refused(put(tmp_path, data[: len(data) * twentieth // 20]))


def flipped(data: bytes, seed: int, most: int = 4) -> bytes:
    lot = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(lot.randint(1, most)):
        damaged[lot.randrange(len(damaged))] ^= 1 << lot.randrange(8)
    return bytes(damaged)


def flip_all(seeds: range) -> None:
    zipped, text = packed(), written(classifier())
    head, tail = zipped[:-400], zipped[-400:]
    for seed in seeds:
        survives(flipped(zipped, seed))
        survives(head + flipped(tail, seed, 2))
        survives(flipped(text, seed))


def test_flipped_bits() -> None:
    flip_all(range(400))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_very_many_flipped_bits() -> None:
    flip_all(range(1000, 40_000))


def test_flipped_bits_never_change_the_weights() -> None:
    data, whole = packed(), archive.unpack(packed())
    for seed in range(300):
        try:
            assert archive.unpack(flipped(data, seed, 1)) == whole
        except StorageError:
            continue


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["n1", "n1.y", "ReLU"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMED = st.sampled_from(["n3", "n4", "out_features", "repeat", "shape", "width"])
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["n1", "n2", "n3"]) | JSON,
        "type": st.sampled_from(["ReLU", "Linear", "Dataset", "Add"]) | JSON,
        "name": st.sampled_from(["a", "b", "c"]) | JSON,
        "params": st.dictionaries(st.sampled_from(["out_features", "bias", "dataset", "self"]), JSON, max_size=2)
        | JSON,
        "at": st.just([0, 0]) | JSON,
        "muted": JSON,
    },
)
INNER = st.fixed_dictionaries(
    {"id": st.sampled_from(["n3", "n4", "n5", "n6"]), "name": st.sampled_from(["x", "y", "z"]), "at": st.just([0, 0])},
    optional={
        "type": st.sampled_from(["Input", "Output", "Linear", "Block", "Dataset"]),
        "params": st.just({"block": "b1"}) | st.just({"block": "b2"}) | st.just({}),
    },
)
OFFER = st.fixed_dictionaries({"name": NAMED, "node": NAMED, "param": NAMED})
DEFINITION = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A", "B", "C"]),
        "nodes": st.lists(INNER, max_size=3) | JSON,
        "links": st.just([]) | JSON,
    },
    optional={"promoted": st.lists(OFFER, max_size=2) | JSON},
)
ENDS = st.sampled_from(["n1.y", "n2.y", "n1.x", "n2.x", "n3.image", "n3.label"]) | JSON


@given(
    st.fixed_dictionaries(
        {"nnstudio": st.just(1), "title": st.text(max_size=3)},
        optional={
            "nodes": st.lists(RECORD, max_size=4) | JSON,
            "links": st.lists(st.fixed_dictionaries({"from": ENDS, "to": ENDS}), max_size=3) | JSON,
            "training": st.dictionaries(st.sampled_from(["lr", "epochs", "self"]), JSON, max_size=2) | JSON,
            "blocks": st.dictionaries(st.sampled_from(["b1", "b2", "b3"]), DEFINITION, max_size=3) | JSON,
        },
    )
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_json(content: dict[str, Any]) -> None:
    survives(json.dumps(content).encode())


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)
    survives(b"PK\x03\x04" + data)


# Zips


def zipped(parts: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED, **more: Any) -> bytes:
    """A project whose manifest is right for its parts, unless `manifest` is given."""
    drawing = {} if "drawing" in more else {"graph.json": written(classifier())}
    parts = drawing | (parts or {})
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    manifest = more.get("manifest", json.dumps({"format": 1, "parts": hashes} | more.get("told", {})).encode())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
        for name, data in [("manifest.json", manifest), *parts.items(), *more.get("again", ())]:
            if data is not None:
                out.writestr(name, data)
    return buffer.getvalue()


def lying(name: str, field: int, value: int) -> bytes:
    """A size of one part, in the zip's table of contents and in the part's own header, is another."""
    data = bytearray(zipped({"weights.safetensors": b"w" * 5000}))
    for magic, offset, at in ((b"PK\x01\x02", 46, 20), (b"PK\x03\x04", 30, 18)):
        place = data.find(magic)
        while data[place + offset : place + offset + len(name)] != name.encode():
            place = data.index(magic, place + 1)
        struct.pack_into("<I", data, place + at + field, value)
    return bytes(data)


def with_flag(data: bytes, offset: int, value: int) -> bytes:
    """One 16-bit field of every entry of the table of contents."""
    changed, place = bytearray(data), data.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<H", changed, place + offset, value)
        place = data.find(b"PK\x01\x02", place + 1)
    return bytes(changed)


ROWS = b'{"epochs": [{"epoch": 1, "train_loss": "low", "test_loss": 1}]}'
ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "magic alone": (lambda: b"PK\x03\x04", "zip is damaged"),
    "empty": (lambda: b"PK\x03\x04" + b"\0" * 40, "zip is damaged"),
    "bomb": (lambda: zipped({"weights.safetensors": b"\0" * 2**26}), "unpacks to"),
    "bomb as drawing": (lambda: zipped({"graph.json": b" " * 2**25}), "unpacks to"),
    "no manifest": (lambda: zipped(manifest=None), "no manifest"),
    "no drawing": (lambda: zipped(parts={"thumbnail.png": b""}, drawing=None), "no graph.json"),
    "other part": (lambda: zipped({"evil.pkl": b""}), "parts that no project has"),
    "many parts": (lambda: zipped({f"{n}.json": b"" for n in range(5000)}), "parts that no project has"),
    "up and away": (lambda: zipped({"../../../tmp/evil": b""}), "parts that no project has"),
    "absolute": (lambda: zipped({"/etc/passwd": b""}), "parts that no project has"),
    "folder": (lambda: zipped({"graph.json/": b""}), "parts that no project has"),
    "part twice": (lambda: zipped(again=[("graph.json", b"{}")]), "parts that no project has"),
    "manifest twice": (lambda: zipped(again=[("manifest.json", b"{}")]), "parts that no project has"),
    "manifest of nothing": (lambda: zipped(manifest=b""), "manifest is damaged"),
    "manifest of text": (lambda: zipped(manifest=b"hello"), "manifest is damaged"),
    "deep manifest": (lambda: zipped(manifest=b"[" * 100_000), "manifest is damaged"),
    "later format": (lambda: zipped(told={"format": 2}), "format is 2"),
    "unknown key": (lambda: zipped(told={"also": 1}), "manifest is damaged"),
    "wrong hash": (lambda: zipped(told={"parts": {"graph.json": "0" * 64}}), "graph.json is damaged"),
    "no hash": (lambda: zipped(told={"parts": {}}), "graph.json is damaged"),
    "part missing": (lambda: zipped(told={"parts": {"graph.json": "0", "weights.safetensors": "0"}}), "is missing"),
    "history": (lambda: zipped({"weights.safetensors": b"", "history.json": b"{"}), "history is damaged"),
    "history of words": (lambda: zipped({"weights.safetensors": b"", "history.json": ROWS}), "history is damaged"),
    "packed oddly": (lambda: zipped(method=zipfile.ZIP_BZIP2), "packed in a way"),
    "packed slowly": (lambda: zipped(method=zipfile.ZIP_LZMA), "packed in a way"),
    "packed as never": (lambda: with_flag(zipped(), 10, 99), "packed in a way"),
    "encrypted": (lambda: with_flag(zipped(), 8, 1), "zip is damaged"),
    "longer than told": (lambda: lying("weights.safetensors", 4, 100), "damaged"),
    "shorter than told": (lambda: lying("weights.safetensors", 4, 6000), "not as long as it says"),
    "packed longer than told": (lambda: lying("weights.safetensors", 0, 3), ""),
    "packed beyond the end": (lambda: lying("weights.safetensors", 0, 2**31), "longer than the whole"),
    "far too long": (lambda: lying("weights.safetensors", 4, 2**32 - 2), "unpacks to"),
}


@pytest.mark.parametrize("case", ZIPS)
def test_zips_made_to_hurt(tmp_path: Path, case: str) -> None:
    make, words = ZIPS[case]
    assert words in refused(put(tmp_path, make()))


def test_a_deflated_part_that_is_broken(tmp_path: Path) -> None:
    """zlib has an error of its own."""
    data = bytearray(zipped())
    place = data.index(b"graph.json") + len("graph.json")
    data[place : place + 8] = b"\xff" * 8
    assert "zip is damaged" in refused(put(tmp_path, bytes(data)))


def test_zips_that_are_deflated_are_read_too(tmp_path: Path) -> None:
    path = put(tmp_path, zipped({"weights.safetensors": b"w" * 1000, "thumbnail.png": b""}))
    trained = storage.load(path).trained
    assert trained is not None
    assert trained.weights == b"w" * 1000


def test_nothing_is_written_while_reading(tmp_path: Path) -> None:
    path = put(tmp_path, zipped({"../evil": b""}))
    before = sorted(tmp_path.rglob("*"))
    refused(path)
    assert sorted(tmp_path.rglob("*")) == before


# Size


def large(count: int) -> Document:
    """A long row with many short cuts."""
    rows = [node(id=f"n{n}", name=f"a{n}", type="Add") for n in range(1, count + 1)]
    links = [wire(f"n{n}.y", f"n{m}.x") for n in range(1, count) for m in {n + 1, min(count, n + n // 2 + 1)}]
    random.Random(1).shuffle(links)
    return storage.document_from(json.dumps(nodes(*rows, links=links)).encode())


def test_five_thousand_nodes_are_read_soon(tmp_path: Path) -> None:
    document = large(5000)
    began = time.perf_counter()
    storage.save(document, tmp_path / "p.nnstudio")
    again = storage.load(tmp_path / "p.nnstudio")
    assert time.perf_counter() - began < 5
    assert written(again) == written(document)


@pytest.mark.parametrize("kind", ["Input", "Linear", "Block"])
def test_as_many_nodes_in_a_block_as_there_may_be_are_read_soon(kind: str) -> None:
    many = [node(id=f"n{n}", name=f"a{n}", type=kind) for n in range(10, storage.MAX_NODES)]
    if kind == "Block":
        many = [record | {"params": {"block": f"b{2 + place % 2}"}} for place, record in enumerate(many)]
    made = {f"b{n}": {"name": f"Inner{n}", "nodes": [], "links": []} for n in (2, 3)}
    made["b1"] = blocks(nodes=many, links=[])["blocks"]["b1"]
    graph = json.dumps(nodes(instance()) | {"blocks": made}).encode()
    began = time.perf_counter()
    document = storage.document_from(graph)
    assert time.perf_counter() - began < 60  # without care it would take hours
    assert len(document.sheet("b1").nodes) == len(many)


def test_as_many_wires_as_there_may_be_are_read_soon() -> None:
    records = [node(), node(id="n2", name="b", type="Add")]
    graph = json.dumps(nodes(*records, links=[wire("n1.y", "n2.x")] * storage.MAX_LINKS)).encode()
    began = time.perf_counter()
    document = storage.document_from(graph)
    assert time.perf_counter() - began < 60  # without care it would take hours
    assert len(document.links) == storage.MAX_LINKS


def test_the_open_document_is_not_touched(tmp_path: Path) -> None:
    document = classifier()
    before = written(document)
    refused(put(tmp_path, nodes(node(), node())))
    assert written(document) == before
    assert rules.LAST_ID == 999_999_999
