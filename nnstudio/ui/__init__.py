"""The window: Qt only. It shows the session and never touches torch."""
