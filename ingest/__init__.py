"""MQTT → rows: subscriber, decode, batch, writer; owns the database schema."""
