"""Real servers for the tests: a broker and two databases, each run once a session."""
