"""What `make` runs: the virtual environment, Debian's packages for tests, the front end."""
