"""Occasions: who is expected where, who passed, and what it counts for. An occasion is what people call an event; `event` is a message."""
