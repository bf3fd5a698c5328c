"""The agent on a gateway: sensors, the durable outbox and the uplink."""
