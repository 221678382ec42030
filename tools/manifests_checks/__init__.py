"""The checks of tools/manifests, one concern a module."""
