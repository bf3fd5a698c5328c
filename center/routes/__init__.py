"""HTTP and WebSocket → one call each: dependencies in, a model out."""
