"""The menus under the right mouse button, made of the same methods as the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnstudio.graph.looks import COLORS
from nnstudio.graph.marks import Frame
from nnstudio.graph.nodes import Link, Node
from nnstudio.ui import icons
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.hits import Hit
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.keymap import key_of


def menu_for(view: Board, found: Hit, at: QPointF) -> QMenu:
    """The menu for what is under the mouse, which becomes chosen unless it is."""
    menu = QMenu(view)
    if found.node is not None:
        if found.node.node.id not in view.canvas.chosen:
            view.canvas.choose((found.node.node.id,))
        _node_menu(menu, view, found)
    elif found.mark is not None:
        if found.mark.mark.id not in view.canvas.marks.chosen:
            view.canvas.choose((found.mark.mark.id,))
        _mark_menu(menu, view, found.mark.mark.id)
    elif found.link is not None:
        if found.link.link not in view.canvas.chosen_links:
            view.canvas.choose((), (found.link.link,))
        _wire_menu(menu, view, found.link.link, at)
    else:
        _canvas_menu(menu, view, at)
    return menu


def _node_menu(menu: QMenu, view: Board, found: Hit) -> None:
    assert found.node is not None
    item, chosen = found.node, view.canvas.chosen
    problem = item.mendable
    if problem is not None and problem.remedy is not None:
        _add(menu, problem.remedy.label, "check", lambda: view.edits.mend(problem))
        menu.addSeparator()
    if len(chosen) == 1:
        _one_menu(menu, view, item.node)
    _add(menu, tr("Cut"), "cut", view.clipboard.cut, key_of("cut"))
    _add(menu, tr("Copy"), "copy", view.clipboard.copy, key_of("copy"))
    _add(menu, tr("Duplicate"), "plus", view.clipboard.duplicate, key_of("duplicate"))
    muted = all(view.canvas.nodes[key].node.muted for key in chosen)
    _add(menu, tr("Unmute") if muted else tr("Mute"), "mute", view.toggle_mute, key_of("mute"))
    tunable = [view.canvas.nodes[key].node for key in chosen if view.canvas.nodes[key].node.layer.may_learn]
    if tunable:
        words = tr("Unfreeze") if all(node.tuning.frozen for node in tunable) else tr("Freeze")
        _add(menu, words, "frozen", view.toggle_frozen, key_of("freeze"))
    if any(view.canvas.links_of(key) for key in chosen):
        _add(menu, tr("Disconnect"), "close", lambda: view.edits.unplug(chosen))
    _add(menu, tr("Show in full view"), "fit", view.fit_selection, key_of("fit_selection"))
    _add(menu, tr("Replace with…"), "swap", view.rewire.ask_replacement, key_of("replace"))
    if len(chosen) > 1:
        _arrange_menu(menu.addMenu(icons.icon("layout"), tr("Arrange")), view)
    menu.addSeparator()
    _looks_menu(menu, view)
    menu.addSeparator()
    _block_menu(menu, view)
    menu.addSeparator()
    _add(menu, tr("Delete"), "delete", view.delete_selection, key_of("delete"))
    if any(view.canvas.links_of(key) for key in chosen):
        _add(menu, tr("Delete and rejoin"), "delete", view.rewire.delete_rejoined, key_of("delete_rejoin"))


def _wire_menu(menu: QMenu, view: Board, link: Link, at: QPointF) -> None:
    links = view.canvas.chosen_links
    _add(menu, tr("Insert a layer…"), "plus", lambda: view.adder.ask_into(link, at))
    _add(menu, tr("Add reroute point"), "plus", lambda: view.add_dots_at({link: at}), tr("Double-click"))
    if view.led_wires():
        _add(menu, tr("Straighten"), "layout", view.straighten)
    menu.addSeparator()
    if len(links) == 2:
        _add(menu, tr("Swap wires"), "swap", view.rewire.swap, key_of("swap_wires"))
    if len(links) == 1 and len(view.canvas.sheet.links_into(links[0].target, links[0].input)) > 1:
        _add(menu, tr("Earlier"), "chevron-up", view.rewire.earlier, "Alt+Up")
        _add(menu, tr("Later"), "chevron-down", view.rewire.later, "Alt+Down")
    _add(
        menu,
        tr("Delete wire") if len(links) == 1 else tr("Delete wires"),
        "delete",
        view.delete_selection,
        key_of("delete"),
    )


def _one_menu(menu: QMenu, view: Board, node: Node) -> None:
    if node.block:
        _add(menu, tr("Go inside"), "chevron-right", view.enter_block, "Return")
    else:
        _add(menu, tr("Edit"), "settings", lambda: view.node_activated.emit(node.id), "Return")


def _arrange_menu(menu: QMenu, view: Board) -> None:
    do = view.arranger
    _add(menu, tr("Lay out"), "layout", do.lay_out, key_of("lay_out"))
    edges = {
        "left": tr("Align left"), "center": tr("Align centers"), "right": tr("Align right"),
        "top": tr("Align top"), "middle": tr("Align middles"), "bottom": tr("Align bottom"),
    }  # fmt: skip
    for edge, text in edges.items():
        if edge in ("left", "top"):
            menu.addSeparator()
        _add(menu, text, f"align-{edge}", lambda edge=edge: do.align(edge))  # type: ignore[misc]  # bound at once
    menu.addSeparator()
    if len(view.canvas.chosen) > 2:
        _add(menu, tr("Distribute horizontally"), "distribute-horizontal", lambda: do.distribute("horizontal"))
        _add(menu, tr("Distribute vertically"), "distribute-vertical", lambda: do.distribute("vertical"))
    _add(menu, tr("Snap to grid"), "snap", do.snap)


def _looks_menu(menu: QMenu, view: Board) -> None:
    marking = view.marking
    _color_menu(menu, view)
    _add(menu, tr("Edit note…"), "note", marking.edit_note, "N")
    collapsed, locked = marking.are_all(lambda looks: looks.collapsed), marking.are_all(lambda looks: looks.locked)
    _add(menu, tr("Expand") if collapsed else tr("Collapse"), "minus", marking.toggle_collapsed, "H")
    _add(menu, tr("Unlock position") if locked else tr("Lock position"), "lock", marking.toggle_locked, "L")
    _add(menu, tr("Frame"), "frame", marking.add_frame, key_of("frame"))


def _color_menu(menu: QMenu, view: Board) -> None:
    inner = menu.addMenu(icons.icon("dot"), tr("Colour"))
    for name in ("", *COLORS):
        action = inner.addAction(texts.color_title(name))
        if name:
            action.setIcon(icons.icon("dot", f"mark:{name}"))
        action.triggered.connect(lambda _=False, name=name: view.marking.set_color(name))


def _mark_menu(menu: QMenu, view: Board, key: str) -> None:
    words = tr("Rename…") if isinstance(view.canvas.sheet.mark(key), Frame) else tr("Write…")
    _add(menu, words, "settings", lambda: view.marking.edit(key), "Return")
    _add(menu, tr("Cut"), "cut", view.clipboard.cut, key_of("cut"))
    _add(menu, tr("Copy"), "copy", view.clipboard.copy, key_of("copy"))
    _add(menu, tr("Duplicate"), "plus", view.clipboard.duplicate, key_of("duplicate"))
    _color_menu(menu, view)
    _add(menu, tr("Show in full view"), "fit", view.fit_selection, key_of("fit_selection"))
    menu.addSeparator()
    _add(menu, tr("Delete"), "delete", view.delete_selection, key_of("delete"))


def _block_menu(menu: QMenu, view: Board) -> None:
    _add(menu, tr("Make block"), "block", view.make_block, key_of("make_block"))
    if view.chosen_blocks():
        _add(menu, tr("Dissolve block"), "merge", view.dissolve_block, key_of("dissolve_block"))
    if view.can_unlink():
        _add(menu, tr("Make independent"), "float", view.unlink_block)
    definitions = view.rewire.definition_menu(menu)
    if definitions is not None:
        definitions.setIcon(icons.icon("block"))
        menu.addMenu(definitions)


def _canvas_menu(menu: QMenu, view: Board, at: QPointF) -> None:
    _add(menu, tr("Add a layer…"), "plus", lambda: view.ask_for_layer(at), "Space")
    _add(menu, tr("Add a comment"), "comment", lambda: view.marking.add_comment(at), "Shift+C")
    _add(menu, tr("Add a frame"), "frame", lambda: view.marking.add_frame(at), key_of("frame"))
    menu.addSeparator()
    if view.bridge.path:
        _add(menu, tr("Leave block"), "chevron-left", view.leave_block, key_of("leave_block"))
    _add(menu, tr("Paste"), "paste", view.clipboard.paste, key_of("paste"))
    if not view.canvas.is_empty:
        _add(menu, tr("Select all"), "check", view.select_all, key_of("select_all"))
    _add(menu, tr("Show all"), "fit", view.fit_all, key_of("fit_all"))
    _add(menu, tr("Zoom to 100 %"), "search", view.reset_zoom, key_of("zoom_reset"))


def _add(menu: QMenu, text: str, icon: str, call: Callable[[], object], key: str = "") -> QAction:
    """One entry. The key is shown after a tab, not set: the canvas handles its keys by itself."""
    shown = f"{text.replace('&', '&&')}\t{key}" if key else text.replace("&", "&&")
    action = menu.addAction(icons.icon(icon), shown)
    action.triggered.connect(lambda _=False: call())
    return action
