"""Drivers: the only code that knows a device. Named in the configuration, by a built-in's name or by import string."""
