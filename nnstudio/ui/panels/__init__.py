"""The live panels: one module each, found by their declaration (PanelType)."""

from nnstudio.ui.panels.spec import Panel, PanelType, panel_types

__all__ = ["Panel", "PanelType", "panel_types"]
