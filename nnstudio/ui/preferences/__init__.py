"""The window of settings, which applies everything at once and blocks nothing."""
