"""Parameters of nodes in a block that every instance offers, and what edits inside mean for the values outside.

Several may be offered under one name, as the channels of all convolutions of a residual block. They are one thing then:
of one kind and with one value inside, and what is set at an instance sets all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nnstudio.errors import BadParameter, DocumentError
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, nesting, rules
from nnstudio.graph.blocks import Block, Promoted, grouped, limits
from nnstudio.graph.marking import Marking
from nnstudio.graph.nodes import OWN, Node
from nnstudio.graph.steps import checked, fits, same
from nnstudio.params import Param, Value, Values


class Offering(Marking):
    """The steps that instances notice in their values."""

    # Offers that come and go

    def offer(self, node: Node, param: str, name: str = "") -> Promoted:
        """Offer a parameter outside; under a name that the block offers already, it joins what is there.

        Raises BadParameter, DocumentError and BadName, as `Document.promote` says.
        """
        block = self._block_around(node)
        rules.check_offered_param(node, param)
        if any(offer.param == param for offer in block.offers(node.id)):
            raise DocumentError(f"{block.name} offers '{param}' of '{node.name}' already.")
        offer = Promoted(name or _free_offer(block, node, param), node.id, param)
        rules.check_offered_name(offer.name)
        rules.check_offered_count(len(block.promoted) + 1)
        shared = block.named(offer.name)
        if shared:
            self._check_join(block, shared[0], node, param)
        with self.transaction(f"Offer {offer.name}"):
            if shared:
                first = self._drawing.at(shared[0].node)
                self.set_values(node, {param: first.params[shared[0].param]})
            self._add_offer(self._drawing.block(block.id), offer)
        return offer

    def withdraw(self, block: str, offers: Iterable[Promoted]) -> None:
        """Offer those no longer. A name that nothing is left of goes from every instance, and from where they offer it
        on; under a name that others share, those others stay.
        """
        lost = set(offers)
        if not block or not lost:
            return
        definition = self._drawing.block(block)
        left = tuple(offer for offer in definition.promoted if offer not in lost)
        gone = {offer.name for offer in lost} - {offer.name for offer in left}
        for instance in self._drawing.instances(block) if gone else ():
            self.withdraw(
                self._drawing.where[instance.id], [offer for offer in self._offers(instance) if offer.param in gone]
            )
            kept = {name: value for name, value in instance.params.items() if name not in gone}
            self.replace_values(instance, kept)
        self.change_block(replace(definition, promoted=left))

    def take_out(self, node: Node) -> None:
        """A node and all its wires, and what instances have of it."""
        sheet = self._drawing.where[node.id]
        self.unplug(self.outer_wires(node))
        self.withdraw(sheet, self._offers(node))
        self.unplug(self._graph_of(node.id).wiring.links_of(node.id))
        self.apply(ch.NodeRemoved(self._drawing.at(node.id), sheet))

    def _block_around(self, node: Node) -> Block:
        block = self._drawing.where[node.id]
        if not block:
            raise DocumentError(f"'{node.name}' is in no block.", fix="Make a block of it first.")
        return self._drawing.block(block)

    def _offers(self, node: Node) -> tuple[Promoted, ...]:
        """What the block around a node offers of it."""
        sheet = self._drawing.where[node.id]
        return self._drawing.block(sheet).offers(node.id) if sheet else ()

    def _add_offer(self, block: Block, offer: Promoted) -> None:
        """Instances that have a value of that name keep it; the others get that of the drawing inside."""
        value = self._drawing.at(offer.node).params[offer.param]
        self.change_block(replace(block, promoted=grouped((*block.promoted, offer))))
        for instance in self._drawing.instances(block.id):
            self.replace_values(instance, {**instance.params, offer.name: instance.params.get(offer.name, value)})

    def _check_join(self, block: Block, first: Promoted, node: Node, param: str) -> None:
        """Raise DocumentError unless the parameter can take every value that the name has, inside and outside."""
        owner = self._drawing.at(first.node)
        rules.check_same_kind(first.name, (owner, first.param), (node, param))
        bounds = limits(node.layer.params_for(node.params), param)
        _check_value(owner, first.param, node, bounds)
        for key, offers in ((block.id, [first]), *self._onwards(block.id, [first.name])):
            for instance in self._drawing.instances(key):
                for name in dict.fromkeys(offer.name for offer in offers):
                    _check_value(instance, name, node, bounds)

    def _onwards(self, block: str, names: Iterable[str]) -> Iterator[tuple[str, list[Promoted]]]:
        """The blocks that offer on what their instances have of those names, and how; the inner ones first.

        What is withdrawn from a block meanwhile is not followed further.
        """
        reached = {block: set(names)}
        for key in nesting.inner_first(self._drawing.uses()):
            moved = [
                offer
                for offer in self._drawing.block(key).promoted
                if offer.param in reached.get(self._drawing.at(offer.node).block, ())
            ]
            if moved:
                yield key, moved
                left = set(self._drawing.block(key).promoted)
                reached[key] = {offer.name for offer in moved if offer in left}

    # Values

    def set_values(self, node: Node, given: Mapping[str, object]) -> None:
        """Set parameters, and to the same what is offered under one name with one of them.

        All are checked before this drawing changes. Raises BadParameter, naming the one at fault; then, and where an
        instance can not follow, the step has to be taken back.
        """
        plan = self._plan(node, given)
        before = {key: self._drawing.at(key) for key in plan}
        sheet = self._drawing.where[node.id]
        self.withdraw(sheet, self._parting(sheet, plan))
        for key, values in plan.items():
            self.put_values(before[key], values)
        if sheet and any(_declared(old) != _declared(self._drawing.at(key)) for key, old in before.items()):
            self._settle(sheet, plan)
        followed = {offer.name: offer for key in plan for offer in self._offers(self._drawing.at(key))}
        for offer in followed.values():
            self._follow(sheet, offer, before[offer.node].params[offer.param])

    def one_value_each(self, node: Node, given: Values) -> None:
        """Raise BadParameter where two parameters of a node share a name outside and are given different values."""
        said: dict[str, str] = {}
        for offer in self._offers(node):
            if offer.param in given and given[said.setdefault(offer.name, offer.param)] != given[offer.param]:
                words = f"'{said[offer.name]}' and '{offer.param}' are offered together as '{offer.name}'"
                raise BadParameter(f"{words} and have one value.", name=offer.param, fix="Set one of them.")

    def _settle(self, sheet: str, nodes: Iterable[str]) -> None:
        """After parameters of nodes in a block became others: what can share a name further out no longer parts there,
        and instances get values that fit.
        """
        settled = [(sheet, offer) for key in nodes for offer in self._drawing.block(sheet).offers(key)]
        for outer, moved in self._onwards(sheet, {offer.name for _, offer in settled}):
            self.withdraw(outer, self._parting(outer, {key: self._drawing.at(key).params for key in _nodes(moved)}))
            settled += [(outer, offer) for offer in moved]
        for block, offer in settled:
            if offer in self._drawing.block(block).promoted:
                self._follow(block, offer, self._drawing.at(offer.node).params[offer.param])

    def _plan(self, node: Node, given: Mapping[str, object]) -> dict[str, dict[str, Value]]:
        """All values of each node that is set: the node, and those that share a name with what is given."""
        values = checked(node, given)
        asked: dict[str, dict[str, object]] = {node.id: dict(given)}
        for offer in self._offers(node):
            if offer.param in given:
                for mate in self._drawing.block(self._drawing.where[node.id]).named(offer.name):
                    asked.setdefault(mate.node, {})[mate.param] = values[offer.param]
        return {key: _along(self._drawing.at(key), each, node) for key, each in asked.items()}

    def _parting(self, sheet: str, plan: Mapping[str, Values]) -> list[Promoted]:
        """Offers of nodes that end once these have the planned values: the parameter is gone, or it is of another kind
        or value than the others of its name.
        """
        block = self._drawing.block(sheet) if sheet else None
        lost: list[Promoted] = []
        for name in dict.fromkeys(offer.name for key in plan for offer in block.offers(key)) if block else ():
            entries = {offer: self._standing(offer, plan) for offer in block.named(name)} if block else {}
            settled = sorted(entries, key=lambda offer: offer.node in plan)
            usual = next((entries[offer] for offer in settled if entries[offer]), None)
            lost += [offer for offer, standing in entries.items() if standing is None or standing != usual]
        return lost

    def _standing(self, offer: Promoted, plan: Mapping[str, Values]) -> tuple[type[Param], Value] | None:
        """The kind and the value that an offered parameter will have, or None where it will not be there."""
        node = self._drawing.at(offer.node)
        values = plan.get(node.id, node.params)
        known = node.layer.params_for(values)
        return (type(known[offer.param]), values[offer.param]) if offer.param in known else None

    def _follow(self, block: str, offer: Promoted, old: Value) -> None:
        """Instances whose value was that of the drawing inside keep to it; so do those whose value does not fit now."""
        new = self._drawing.at(offer.node).params[offer.param]
        for instance in self._drawing.instances(block):
            value = instance.params[offer.name]
            known = instance.layer.params_for(instance.params)
            follows = value == old or not fits(known, offer.name, value)
            wanted = new if follows else known[offer.name].check(value)
            if not same(value, wanted):
                self.set_values(instance, {offer.name: wanted})


def _nodes(offers: Iterable[Promoted]) -> list[str]:
    return list(dict.fromkeys(offer.node for offer in offers))


def _declared(node: Node) -> object:
    return node.layer.params_for(node.params)


def _along(other: Node, given: Mapping[str, object], node: Node) -> dict[str, Value]:
    """The values of a node that is set along with another."""
    try:
        return checked(other, given)
    except BadParameter as error:
        if other.id == node.id:
            raise
        words = f"'{other.name}' is set along with '{node.name}': {error.message}"
        raise BadParameter(words, name=error.name, fix=error.fix) from error


def _check_value(owner: Node, name: str, node: Node, bounds: Iterable[Param]) -> None:
    try:
        for param in bounds:
            param.check(owner.params[name])
    except BadParameter as error:
        words = f"'{node.name}' can not take what '{owner.name}' has for '{name}': {error.message}"
        raise DocumentError(words, fix=f"Set '{name}' of '{owner.name}' to what both can take.") from error


def _free_offer(block: Block, node: Node, param: str) -> str:
    """The parameter's own name, or with the node's before it."""
    taken = {offer.name for offer in block.promoted} | set(OWN)
    return param if param not in taken and rules.may_be_name(param) else naming.freed(f"{node.name}_{param}", taken)
