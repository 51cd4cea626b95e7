"""The training process: torch, no Qt, no drawing. Started by protocol.client as `python -m nnstudio.engine`."""
