"""Drawings as the engine has them: built from their source, with their data or with random numbers in their place."""

from nnstudio.compiler.compile import compile_document
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.graph.document import Document
from nnstudio.project.carrying import model_message


def subject_of(document: Document) -> Subject:
    """The model of a drawing without problems, in eval mode and without gradients."""
    compiled = compile_document(document)
    assert not compiled.errors, compiled.errors
    subject = make_subject(model_message(document, compiled, None))
    subject.model.eval().requires_grad_(False)
    return subject


def sequence(title: str = "net", length: int = 5, width: int = 8) -> Document:
    """A drawing that begins with an Input `x` of `length` vectors."""
    document = Document(title)
    document.add("Input", "x", shape=(length, width))
    return document
