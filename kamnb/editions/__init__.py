"""Editions: pure functions from notebook to notebook."""
