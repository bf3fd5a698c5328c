"""The shared contract: messages, topics, the MQTT session, settings, log, metrics, errors and the front door (CLI)."""

__version__ = "0.1.0"
