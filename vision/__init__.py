"""Pixels in, facts out: no MQTT, no database, no clock of its own."""
