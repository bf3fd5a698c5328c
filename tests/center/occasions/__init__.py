"""Occasions on a real database."""
