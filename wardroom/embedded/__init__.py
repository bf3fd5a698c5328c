"""The embedded servers of the demo and the tests: a PostgreSQL, a broker, and the supervision of any child process."""
